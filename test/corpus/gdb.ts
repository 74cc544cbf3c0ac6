/** gdb as the oracle: where its breakpoints on source lines go. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface GdbLocation {
  readonly address: number;
  /** The line that gdb reports for the breakpoint. */
  readonly line: number;
  readonly function: string | null;
}

/** For each file, by its basename, and each line of it at which gdb sets a breakpoint: where, in the order of addresses. */
export function gdbLines(
  program: string,
  files: readonly string[],
): ReadonlyMap<string, ReadonlyMap<number, readonly GdbLocation[]>> {
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-gdb-'));
  try {
    const out = join(directory, 'lines.json');
    execFileSync('gdb', ['-nx', '-batch', '-x', join(__dirname, 'gdb_lines.py'), program], {
      env: { ...process.env, OUT: out, FILES: files.join(',') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const found = JSON.parse(readFileSync(out, 'utf8')) as Record<string, LinesOfGdb>;
    return new Map(Object.entries(found).map(([file, lines]) => [file, locationsOf(lines)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** As gdb_lines.py writes them: line -> [address, line that gdb reports, function]. */
type LinesOfGdb = Record<string, [number, number, string | null][]>;

const locationsOf = (lines: LinesOfGdb): ReadonlyMap<number, readonly GdbLocation[]> =>
  new Map(
    Object.entries(lines).map(([line, locations]) => [
      Number(line),
      locations.map(([address, reported, name]) => ({ address, line: reported, function: name })),
    ]),
  );
