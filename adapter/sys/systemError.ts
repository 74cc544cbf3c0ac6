/** The operating system refused. `errno` is the name in errno.h, `call` the system call or file operation. */
export class SystemError extends Error {
  constructor(
    readonly call: string,
    readonly errno: string,
    readonly path?: string,
  ) {
    super(`${call}: ${errno}${path === undefined ? '' : ` (${path})`}`);
    this.name = 'SystemError';
  }
}

/** What `node:fs` throws, as a SystemError; anything else as it is. */
export function systemError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const { syscall, path } = error as NodeJS.ErrnoException;
  return syscall === undefined ? error : new SystemError(syscall, error.code, path);
}

/** Runs a file operation; what it throws becomes a SystemError. */
export function asSystemCall<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw systemError(error);
  }
}
