/**
 * The environment that a launched program is to have: the caller's, without what is meant for this process alone.
 * Import this first: Node's threads are counted when the first of them is needed.
 */
export const callerEnvironment: Readonly<NodeJS.ProcessEnv> = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => name !== 'ELECTRON_RUN_AS_NODE'),
);

/** Closing a link waits for the kernel; so many can wait at once (libuv's thread pool). */
const THREADS = 32;
process.env['UV_THREADPOOL_SIZE'] ??= String(THREADS);
