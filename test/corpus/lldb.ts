/** lldb as an oracle: where its breakpoints on source lines go. */
import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { answerFor } from './oracleCache';

/** File -> line -> addresses of lldb's breakpoints. */
export type LldbLines = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>;

/** @param lines files, by absolute paths, and lines of them */
export function lldbLines(program: string, lines: ReadonlyMap<string, readonly number[]>): LldbLines {
  const asked = [...lines].flatMap(([file, ofFile]) => ofFile.map((line) => [file, line] as const));
  const commands = [
    ...SETTINGS,
    ...asked.map(([file, line]) => `breakpoint set -f "${file}" -l ${String(line)}`),
    'breakpoint list',
  ].join('\n');
  const listing = answerFor(program, [commands], (out) => {
    writeFileSync(`${out}.in`, commands);
    const text = execFileSync('lldb', ['-x', '-b', '-s', `${out}.in`, program], {
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    rmSync(`${out}.in`);
    writeFileSync(out, text.slice(text.indexOf('Current breakpoints:')));
  });
  const found = new Map<string, Map<number, number[]>>();
  for (const [, number, address] of listing.matchAll(/^ {2}(\d+)\.\d+: .* address = [^[]*\[(0x\w+)\]/gm)) {
    const [file, line] = asked[Number(number) - 1]!;
    const ofFile = found.get(file) ?? new Map<number, number[]>();
    found.set(file, ofFile);
    ofFile.set(line, [...(ofFile.get(line) ?? []), Number(address)]);
  }
  return found;
}

/** Every place of a line, inlined ones too; none where the line has no code. */
const SETTINGS = [
  'settings set target.inline-breakpoint-strategy always',
  'settings set target.move-to-nearest-code false',
];
