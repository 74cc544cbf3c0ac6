import { DebugAdapter } from './adapter';

/** Serves one debug session on stdin and stdout. Resolves when it is over and everything is sent. */
export function serveOnStdio(): Promise<void> {
  return new Promise((resolve) => {
    const adapter = new DebugAdapter(() => {
      // What is left to write goes out before the process ends.
      process.stdin.destroy();
      process.stdout.write('', () => {
        resolve();
      });
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.on(signal, () => void adapter.abandon());
    process.stdin.once('end', () => void adapter.abandon());
    adapter.start(process.stdin, process.stdout);
  });
}

/** `sourcetap dap` */
export async function dapCommand(): Promise<number> {
  await serveOnStdio();
  return 0;
}
