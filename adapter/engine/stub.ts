/**
 * The command that a program is launched through. It waits for a line on a descriptor and then becomes the program by
 * exec, with the same pid; when the descriptor closes without one, because we died, it ends and nothing has run.
 */
import type { CallerIdentity } from './callerIdentity';

export interface StubCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Waits on descriptor 3. */
export const pipeStub = (program: string, args: readonly string[], identity: CallerIdentity): StubCommand =>
  stub('read -r go <&3 || exit 125; exec 3<&-; exec "$@"', [], program, args, identity);

/** Tells its pid through one FIFO and waits on another: for a terminal that somebody else starts us in. */
export const fifoStub = (
  program: string,
  args: readonly string[],
  identity: CallerIdentity,
  fifos: { readonly pid: string; readonly go: string },
): StubCommand =>
  stub(
    'echo $$ >"$1"; read -r go <"$2" || exit 125; shift 2; exec "$@"',
    [fifos.pid, fifos.go],
    program,
    args,
    identity,
  );

function stub(
  script: string,
  own: readonly string[],
  program: string,
  args: readonly string[],
  { prefix }: CallerIdentity,
): StubCommand {
  return { command: '/bin/sh', args: ['-c', script, 'sourcetap', ...own, ...prefix, program, ...args] };
}
