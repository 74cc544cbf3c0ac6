/** gdb as the oracle: where its breakpoints on source lines go. */
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerFor } from './oracleCache';

/** A place of a breakpoint. */
export interface OracleLocation {
  readonly address: number;
  /** The line that the debugger reports for it. */
  readonly line: number;
  readonly function: string | null;
}

/** For each file and each line of it that has breakpoints: where, in the order of addresses. */
export type OracleLines = ReadonlyMap<string, ReadonlyMap<number, readonly OracleLocation[]>>;

const SCRIPT = join(__dirname, 'gdb_lines.py');

/** Files, by absolute paths or unique basenames, and the lines of them to ask about: null for all. */
export type LineQuestions = Readonly<Record<string, readonly number[] | null>>;

/** @param expand pattern of the files whose units gdb reads before; of all by default */
export function gdbLines(program: string, questions: LineQuestions, expand = ''): OracleLines {
  const request = JSON.stringify(questions);
  const text = answerFor(program, [readFileSync(SCRIPT, 'utf8'), expand, request], (out) => {
    writeFileSync(`${out}.in`, request);
    execFileSync('gdb', ['-nx', '-batch', '-x', SCRIPT, program], {
      env: { ...process.env, OUT: out, IN: `${out}.in`, EXPAND: expand },
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 1 << 28,
    });
    rmSync(`${out}.in`);
  });
  return parseLines(text);
}

/** As gdb_lines.py writes them: file -> line -> [address, line that is reported, function]. */
function parseLines(text: string): OracleLines {
  const found = JSON.parse(text) as Record<string, Record<string, [number, number, string | null][]>>;
  return new Map(
    Object.entries(found).map(([file, lines]) => [
      file,
      new Map(
        Object.entries(lines).map(([line, locations]) => [
          Number(line),
          locations.map(([address, reported, name]) => ({ address, line: reported, function: name })),
        ]),
      ),
    ]),
  );
}
