/**
 * The command that a program is launched through. It waits for a line on a descriptor and then becomes the program by
 * exec, with the same pid; when the descriptor closes without one, because we died, it ends and nothing has run.
 */

/** What the stub's shell passes on only if it is told to: it drops variables whose names it could not have given. */
export function unshellableVariables(env: NodeJS.ProcessEnv): string[] {
  const odd = Object.entries(env).filter(([name]) => !/^[A-Za-z_]\w*$/.test(name));
  return odd.length === 0 ? [] : ['env', ...odd.map(([name, value]) => `${name}=${value ?? ''}`)];
}

export interface StubCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Waits on descriptor 3. `prefix`: a command that becomes the program, such as setpriv with its options. */
export const pipeStub = (program: string, args: readonly string[], prefix: readonly string[]): StubCommand =>
  stub('read -r _ <&3 || exit 125; exec 3<&-; exec "$@"', ...prefix, program, ...args);

/** Tells its pid in a file and waits on a FIFO: for a terminal that somebody else starts us in. */
export const fifoStub = (
  program: string,
  args: readonly string[],
  { pid, go }: { readonly pid: string; readonly go: string },
): StubCommand =>
  stub('echo $$ >"$1"; read -r _ <"$2" || exit 125; shift 2; exec "$@"', pid, go, program, ...args);

const stub = (script: string, ...args: readonly string[]): StubCommand => ({
  command: '/bin/sh',
  args: ['-c', script, 'sourcetap', ...args],
});
