/** readelf as the oracle: the canonical frame address in every row of the frame descriptions. */
import { execFileSync } from 'node:child_process';
import { CallFrames } from '../../adapter/dwarf/callFrames';
import type { CfaRule } from '../../adapter/dwarf/location';
import { virtualAddress } from '../../adapter/elf/address';
import { ElfImage } from '../../adapter/elf/image';
import { openFile } from '../../adapter/sys/file';

interface Row {
  readonly low: number;
  /** Undefined in a description's last row. */
  readonly high: number | undefined;
  /** As readelf writes it: `rsp+16`, or `exp`. */
  readonly cfa: string;
}

export interface FrameComparison {
  readonly rows: number;
  readonly different: readonly string[];
}

/** The first and last address of every row of every frame description. */
export function compareFrames(program: string): FrameComparison {
  const image = ElfImage.parse(openFile(program));
  const frames = new CallFrames(image, image);
  const rows = readelfRows(program);
  const different: string[] = [];
  for (const { low, high, cfa } of rows)
    for (const address of high === undefined ? [low] : [low, high - 1]) {
      const ours = written(frames.cfaAt(virtualAddress(address)));
      if (ours !== cfa) different.push(`0x${address.toString(16)}: ${ours}, ${cfa} for readelf`);
    }
  return { rows: rows.length, different };
}

function readelfRows(program: string): Row[] {
  const text = execFileSync('readelf', ['--debug-dump=frames-interp', program], {
    encoding: 'utf8',
    maxBuffer: 1 << 29,
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

/** As readelf writes it. */
export function written(rule: CfaRule | undefined): string {
  if (rule === undefined) return 'none';
  if (rule.kind === 'expression') return 'exp';
  const sign = rule.offset < 0 ? '' : '+';
  return `${REGISTERS[rule.register] ?? `r${rule.register}`}${sign}${rule.offset}`;
}
