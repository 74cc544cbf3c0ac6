import { resolve } from 'node:path';
import { isRingSize } from '../backend/ringSize';
import { attachProcess, processNamed } from '../engine/attachedTarget';
import { attachEveryProcess } from '../engine/everyProcess';
import { launchProgram, type LaunchedTarget, type LaunchOptions } from '../engine/launchedTarget';
import type { Target } from '../engine/target';
import { launchInTerminal, type TerminalCommand } from '../engine/terminalTarget';
import type { AttachArguments, CommonArguments, LaunchArguments, Limits } from '../protocol';
import { ConfigurationError } from './configurationError';
import { readEnvironmentFile } from './environmentFile';

export const DEFAULT_LIMITS: Limits = {
  hitsPerSecond: 1000,
  bytesPerHit: 1024,
  consoleLinesPerSecond: 10,
  history: 100_000,
  sites: 40_000,
};

/** `request`, where a configuration is `launch`. The program waits until it is released. */
export async function launchTarget(
  args: Partial<LaunchArguments>,
  runInTerminal: ((kind: 'integrated' | 'external', command: TerminalCommand) => Promise<void>) | undefined,
): Promise<Target | LaunchedTarget> {
  check(args);
  if (!args.program) throw new ConfigurationError('Set "program" to the program to launch.');
  const options: LaunchOptions = {
    program: args.program,
    args: args.args ?? [],
    cwd: resolve(args.cwd ?? process.cwd()),
    env: { ...(args.envFile && readEnvironmentFile(args.envFile)), ...args.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    symbolSearchPath: args.symbolSearchPath ?? [],
  };
  const { console = 'internalConsole' } = args;
  if (console === 'internalConsole') return launchProgram(options);
  if (!runInTerminal)
    throw new ConfigurationError(
      'This client has no terminal for programs: set "console" to "internalConsole".',
    );
  const kind = console === 'integratedTerminal' ? 'integrated' : 'external';
  return launchInTerminal(options, (command) => runInTerminal(kind, command));
}

export function attachTarget(args: AttachArguments): Target {
  check(args);
  const symbols = args.symbolSearchPath ?? [];
  const pid = args.pid ?? args.processId;
  if (pid !== undefined && pid !== '') return attachProcess(pidOf(pid), symbols, args.program);
  if (args.program !== undefined) return attachEveryProcess(args.program, symbols);
  throw new ConfigurationError(
    'Set "pid" to the process to trace, or "program" to trace every process of a program.',
  );
}

function pidOf(pid: unknown): number {
  if (typeof pid === 'number' || (typeof pid === 'string' && /^\d+$/.test(pid))) return Number(pid);
  if (typeof pid === 'string') return processNamed(pid);
  throw new ConfigurationError('"pid" is neither the number nor the name of a process.');
}

/** A client may send anything. @throws ConfigurationError */
function check(args: CommonArguments & Partial<Pick<LaunchArguments, 'program' | 'envFile'>>): void {
  const { ringBytes } = args;
  for (const name of ['program', 'envFile'] as const)
    if (args[name] !== undefined && typeof args[name] !== 'string')
      throw new ConfigurationError(`"${name}" is not a path: write it as a string.`);
  if (ringBytes !== undefined && !isRingSize(ringBytes))
    throw new ConfigurationError(
      '"ringBytes" is the size of the ring buffer: a power of two from 4096 to 1073741824, such as 8388608.',
    );
}
