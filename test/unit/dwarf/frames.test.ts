import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CallFrames } from '../../../adapter/dwarf/callFrames';
import { DebugInfo } from '../../../adapter/dwarf/debugInfo';
import type { CfaRule } from '../../../adapter/dwarf/location';
import { virtualAddress } from '../../../adapter/elf/address';
import { lua } from '../../corpus/corpus';
import { fixture, VARIANTS } from '../../fixtures/build';
import { imageOf } from './program';

describe('The canonical frame address is where readelf has it', () => {
  for (const variant of VARIANTS)
    it(`in scopes.c, ${variant.compiler} ${variant.flags.join(' ')}`, () => {
      compare(fixture('scopes.c', variant), 10);
    });

  it('in lua, in every row of every frame description', () => {
    compare(lua(), 3000);
  });

  it('in scopes.c without .eh_frame_hdr', () => {
    compare(fixture('scopes.c', { compiler: 'gcc', flags: ['-O2', '-Wl,--no-eh-frame-hdr'] }), 10);
  });

  it('for a separate debug file, whose .eh_frame is in the program', () => {
    const program = fixture('scopes.c');
    const debug = `${program}.debug`;
    execFileSync('objcopy', ['--only-keep-debug', program, debug]);
    const [image, code] = [imageOf(readFileSync(debug)), imageOf(readFileSync(program))];
    const { entry } = DebugInfo.open(image)!.functionsNamed('walk')[0]!;
    assert.equal(written(DebugInfo.open(image)?.contextAt(entry)?.cfa), 'none');
    assert.equal(written(DebugInfo.open(image, code)?.contextAt(entry)?.cfa), 'rsp+8');
  });

  it('in scopes.c with .debug_frame alone', () => {
    const flags = ['-O2', '-fno-asynchronous-unwind-tables', '-fno-unwind-tables'];
    compare(fixture('scopes.c', { compiler: 'gcc', flags }), 10);
  });
});

interface Row {
  readonly low: number;
  /** Undefined in a description's last row. */
  readonly high: number | undefined;
  /** As readelf writes it: `rsp+16`, or `exp`. */
  readonly cfa: string;
}

function compare(program: string, least: number): void {
  const bytes = readFileSync(program);
  const frames = new CallFrames(imageOf(bytes), imageOf(bytes));
  const rows = readelfRows(program);
  assert.ok(rows.length >= least, `${rows.length} rows`);
  for (const { low, high, cfa } of rows)
    for (const address of high === undefined ? [low] : [low, high - 1])
      assert.equal(written(frames.cfaAt(virtualAddress(address))), cfa, address.toString(16));
}

function readelfRows(program: string): Row[] {
  const text = execFileSync('readelf', ['--debug-dump=frames-interp', program], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return text
    .split(/^(?=[0-9a-f]{8} )/m)
    .filter((entry) => / FDE /.exec(entry.split('\n')[0]!))
    .flatMap(rowsOf);
}

function rowsOf(entry: string): Row[] {
  const end = Number(`0x${/pc=[0-9a-f]+\.\.([0-9a-f]+)/.exec(entry)![1]!}`);
  const found = [...entry.matchAll(/^([0-9a-f]{16}) (\S+)/gm)].map(([, low, cfa]) => ({
    low: Number(`0x${low!}`),
    cfa: cfa!,
  }));
  return found.map(({ low, cfa }, index) => ({ low, cfa, high: found[index + 1]?.low ?? end }));
}

/** System V psABI for x86-64, figure 3.36, as readelf names them. */
const REGISTERS = ['rax', 'rdx', 'rcx', 'rbx', 'rsi', 'rdi', 'rbp', 'rsp', 'r8', 'r9', 'r10', 'r11', 'r12'];

function written(rule: CfaRule | undefined): string {
  if (rule === undefined) return 'none';
  if (rule.kind === 'expression') return 'exp';
  const sign = rule.offset < 0 ? '' : '+';
  return `${REGISTERS[rule.register] ?? `r${rule.register}`}${sign}${rule.offset}`;
}
