import { parseArgs, type ParseArgsConfig } from 'node:util';
import { parseWhere, type Where } from '../engine/where';
import { openProgram, type Module } from '../symbols/module';
import { processModules } from '../symbols/processModules';
import { UsageError } from './usage';

export type Options = NonNullable<ParseArgsConfig['options']>;
export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
  /** What follows `--`; undefined without it. */
  readonly rest: readonly string[] | undefined;
}

/** @throws UsageError */
export function parseArguments(args: readonly string[], options: Options): Parsed {
  const dashes = args.indexOf('--');
  const own = dashes < 0 ? args : args.slice(0, dashes);
  try {
    const { values, positionals } = parseArgs({
      args: [...own],
      options,
      allowPositionals: true,
      strict: true,
    });
    return {
      values: values as Parsed['values'],
      positionals,
      rest: dashes < 0 ? undefined : args.slice(dashes + 1),
    };
  } catch (error) {
    throw new UsageError(
      error instanceof Error ? error.message.replace(/\. To specify.*/s, '') : String(error),
    );
  }
}

/** @throws UsageError */
export function whereOf(text: string): Where {
  const where = parseWhere(text);
  if (!where) throw new UsageError(`"${text}" is no place: ${/:\d*$/.test(text) ? POSITIONS : PLACES}`);
  return where;
}

const PLACES = 'FILE:LINE, FILE, FUNCTION or *0xADDRESS';
const POSITIONS = 'FILE:LINE or FILE:LINE:COLUMN, both of them numbers from 1';

/** @throws UsageError */
export function pidOf(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError(`"${text}" is no process number`);
  return Number(text);
}

export const text = (value: string | boolean | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/**
 * The modules of `--program` or `--pid`, to be looked into only.
 * @throws UsageError, SymbolError
 */
export function modulesOf({ values, rest }: Parsed): readonly Module[] {
  const [program, pid] = [text(values['program']), text(values['pid'])];
  if ((program === undefined) === (pid === undefined)) throw new UsageError('give either --program or --pid');
  if (rest) throw new UsageError('the program is not run: it takes no arguments');
  return program !== undefined ? [openProgram(program)] : processModules(pidOf(pid!));
}
