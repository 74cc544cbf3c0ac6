/** A run of the command line against a target: which target, and when it is over. */
import { attachProcess } from '../engine/attachedTarget';
import { attachEveryProcess } from '../engine/everyProcess';
import { launchProgram } from '../engine/launchedTarget';
import type { Target } from '../engine/target';
import { programOverwritten } from '../messages';
import { pidOf, text, type Parsed } from './arguments';
import type { OutputQueue } from './outputQueue';
import { UsageError } from './usage';

/** Of commands that take a TARGET. */
export const TARGET_OPTIONS = {
  program: { type: 'string' },
  pid: { type: 'string' },
  all: { type: 'string' },
  duration: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export function durationOf(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  const duration = Number(seconds);
  if (!/^[\d.]+$/.test(seconds) || !(duration <= MAX_DURATION_S))
    throw new UsageError(`"${seconds}" is no number of seconds`);
  return duration * 1000;
}

/** The TARGET of the arguments. @throws UsageError, SymbolError, SystemError */
export async function openTarget({ values, rest }: Parsed, json: boolean): Promise<Target> {
  const [program, pid, all] = [text(values['program']), text(values['pid']), text(values['all'])];
  if ([program, pid, all].filter((one) => one !== undefined).length !== 1)
    throw new UsageError('give one of --program, --pid and --all');
  if (rest && program === undefined) throw new UsageError('only a program that is launched takes arguments');
  if (pid !== undefined) return attachProcess(pidOf(pid), []);
  if (all !== undefined) return attachEveryProcess(all, []);
  return launchProgram({
    program: program!,
    args: rest ?? [],
    cwd: process.cwd(),
    env: {},
    stdio: ['inherit', json ? 2 : 'inherit', 'inherit'],
    symbolSearchPath: [],
  });
}

/** Ends by a signal, the end of the target, because nobody reads, or by `stop`. */
export function stopping(target: Target, output: OutputQueue): { stopped: Promise<void>; stop: () => void } {
  let done!: () => void;
  const stopped = new Promise<void>((resolve) => (done = resolve));
  const stop = (): void => {
    for (const signal of SIGNALS) process.removeListener(signal, stop);
    done();
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  void target.ended.then(({ overwritten }) => {
    if (overwritten !== undefined) process.stderr.write(`sourcetap: ${programOverwritten(overwritten)}\n`);
    stop();
  });
  void output.closed.then(stop);
  return { stopped, stop };
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** What a timer takes. */
const MAX_DURATION_S = 2 ** 31 / 1000 - 1;
