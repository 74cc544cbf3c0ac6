#!/usr/bin/env node
/** The command line `sourcetap`. What a command needs is loaded when it is called, to start soon. */
import './sys/environment';
import './sys/tierUp';
import { UsageError, usage } from './cli/usage';

type Command = (args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  lines: async () => (await import('./cli/linesCommand')).linesCommand,
  vars: async () => (await import('./cli/varsCommand')).varsCommand,
  trace: async () => (await import('./cli/traceCommand')).traceCommand,
  count: async () => (await import('./cli/countCommand')).countCommand,
  dap: async () => (await import('./dap/stdio')).dapCommand,
};

/** The exit status: 0 done, 1 could not be served, 2 wrong usage. */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process[name === undefined ? 'stderr' : 'stdout'].write(usage());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (!load) throw new UsageError(`there is no command "${name}"`);
    if (beforeDashes(args).some((arg) => arg === '--help' || arg === '-h')) {
      process.stdout.write(usage(name));
      return 0;
    }
    return await (
      await load()
    )(args);
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`sourcetap: ${error.message}\n\n${usage(load && name)}`);
      return 2;
    }
    const { errorMessage } = await import('./messages');
    process.stderr.write(`sourcetap: ${errorMessage(error)}\n`);
    return 1;
  }
}

const beforeDashes = (args: readonly string[]): readonly string[] =>
  args.includes('--') ? args.slice(0, args.indexOf('--')) : args;

void main(process.argv.slice(2)).then(async (status) => {
  const { endProcess } = await import('./sys/endProcess');
  await endProcess(status);
});
