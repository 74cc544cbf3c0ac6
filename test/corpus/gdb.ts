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

/** For each line of a file at which gdb sets a breakpoint, where it does, in the order of addresses. */
export function gdbLines(program: string, file: string): ReadonlyMap<number, readonly GdbLocation[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-gdb-'));
  try {
    const out = join(directory, 'lines.json');
    execFileSync('gdb', ['-nx', '-batch', '-x', join(__dirname, 'gdb_lines.py'), program], {
      env: { ...process.env, OUT: out, FILES: file },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const files = JSON.parse(readFileSync(out, 'utf8')) as Record<string, Record<string, [number, number, string][]>>;
    return new Map(
      Object.entries(files[file] ?? {}).map(([line, locations]) => [
        Number(line),
        locations.map(([address, reported, name]) => ({ address, line: reported, function: name })),
      ]),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}
