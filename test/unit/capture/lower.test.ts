import assert from 'node:assert/strict';
import {
  DEFAULT_CAPTURE_LIMITS,
  type CapturedExpression,
  type CaptureGap,
  type CaptureLimits,
  type SourcePart,
} from '../../../adapter/capture/captured';
import { RECORD_HEADER_SIZE } from '../../../adapter/capture/recordLayout';
import { formatCapture } from '../../../adapter/capture/listing';
import { lowerCompared, lowerCondition } from '../../../adapter/capture/condition';
import { captureReads, lowerExpression, lowerVariable } from '../../../adapter/capture/lower';
import type { Location, Operation } from '../../../adapter/dwarf/location';
import type { Type } from '../../../adapter/dwarf/type';
import { parseExpression } from '../../../adapter/expression/message';
import { typeExpression } from '../../../adapter/expression/typing';
import {
  array,
  atAddress,
  base,
  bitField,
  char,
  context,
  double,
  expression,
  float,
  inFrame,
  inRegister,
  int,
  int128,
  member,
  node,
  optimisedOut,
  pointer,
  procedure,
  reference,
  short,
  struct,
  unsignedChar,
  variable,
} from '../expression/types';
import { assertGolden } from './golden';

const piece = (bytes: number): Operation => ({ op: 'piece', bitSize: 8 * bytes, bitOffset: 0 });
const register = (number: number): Operation => ({ op: 'register', register: number });
const pair = struct('pair', 8, [member('a', 0, int), member('b', 4, short), bitField('c', 6, int, 2, 5)]);
const view = struct('view', 16, [member('data', 0, pointer(char)), member('size', 8, int)]);
const flags = struct('flags', 4, [
  bitField('low', 0, int, 0, 3),
  bitField('wide', 0, base('long', 8, 'signed'), 3, 29),
]);

const VARIABLES: Record<string, [Type, Location]> = {
  n: [int, inFrame(-20)],
  i: [int, inRegister(3)],
  c: [char, inRegister(5)],
  f: [float, inFrame(-24)],
  known: [int, expression({ op: 'constant', value: -3n }, { op: 'stackValue' })],
  total: [base('long', 8, 'signed'), atAddress(0x4010)],
  big: [int128, inFrame(-64)],
  p: [pointer(node), inRegister(5)],
  q: [pointer(node), inFrame(-32)],
  s: [pointer(char), inRegister(4)],
  u: [pointer(unsignedChar), inFrame(-40)],
  literal: [pointer(char), expression({ op: 'address', address: 0x2004 as never }, { op: 'stackValue' })],
  first: [node, atAddress(0x4040)],
  line: [array(char, 64), inFrame(-128)],
  grid: [array(array(int, 3), 2), inFrame(-160)],
  pair: [pair, inRegister(0)],
  view: [view, expression(register(0), piece(8), register(1), piece(4), piece(4))],
  half: [view, expression(piece(8), register(1), piece(4), piece(4))],
  flags: [flags, inFrame(-8)],
  r: [reference(int), inRegister(1)],
  table: [
    struct('table', 8, [member('n', 0, int), member('data', 4, array(short, undefined))]),
    inFrame(-48),
  ],
  bytes: [struct('three', 3, [member('x', 0, array(char, 3))]), inRegister(2)],
  x: [double, inRegister(17)],
  gone: [pointer(node), optimisedOut],
  empty: [struct('empty', 0, []), inFrame(0)],
  opaque: [struct('opaque', undefined, []), inFrame(0)],
  wide: [base('_Decimal128', 16, 'decimalFloat'), inFrame(-64)],
  z: [base('complex _Float80', 48, 'complexFloat'), inFrame(-64)],
  huge: [array(int, 1_000_000), inFrame(-64)],
  fn: [pointer(procedure(int)), inRegister(2)],
  set: [{ kind: 'unsupported', tag: 'DW_TAG_set_type', name: undefined }, inFrame(0)],
};
const here = context(
  Object.entries(VARIABLES).map(([name, [type, location]]) => variable(name, type, location)),
);

const lower = (text: string, limits: CaptureLimits = DEFAULT_CAPTURE_LIMITS): CapturedExpression =>
  lowerExpression(text, typeExpression(parseExpression(text), here), here, limits).expression;

/** An expression and what it was compiled to, as a page of the golden file. */
function listing({ text, source }: Pick<CapturedExpression, 'text' | 'source'>): string {
  switch (source.kind) {
    case 'captured': {
      const notes = [
        source.bits && `bits ${String(source.bits.offset)}/${String(source.bits.size)}`,
        source.omitted && `omitted ${String(source.omitted)}`,
      ];
      return [`# ${[text, ...notes.filter(Boolean)].join(', ')}`, ...source.captures.map(formatCapture)].join(
        '\n',
      );
    }
    case 'constant':
      return `# ${text}\nconstant ${Buffer.from(source.bytes).toString('hex')}`;
    case 'parts': {
      const parts = source.parts.map(
        ({ offset, size, content }) => `bytes ${offset}+${size}: ${contentText(content)}`,
      );
      return [`# ${text}`, ...parts, ...source.captures.map(formatCapture)].join('\n');
    }
    case 'computed':
      return [
        `# ${text}`,
        ...source.leaves.map((leaf) => listing({ source: leaf.source, text: leaf.typed.kind })),
      ].join('\n');
    case 'contents':
      return [`# ${text}`, ...source.captures.map(formatCapture)].join('\n');
    case 'unavailable':
      return `# ${text}\n${JSON.stringify(source.reason)}`;
  }
}

function contentText(content: SourcePart['content']): string {
  if (typeof content === 'number') return `capture ${content}`;
  return content instanceof Uint8Array ? Buffer.from(content).toString('hex') : JSON.stringify(content);
}

describe('expressions become captures', () => {
  it('as in the golden listing', () => {
    const texts = [
      'n', 'i', 'c', 'f', 'known', 'total', 'big', 'fn', 'r',
      'p', 'p->id', 'p->next->next->id', 'q->weight', '*p', 'p[2].id', 'p[-1].next',
      's', 'u', 'literal', 'p->name', '*s', 's[3]', 'p->name[1]', 'p->tag', 'p->tag[1]',
      'first', 'first.id', 'first.name', 'line', 'line[3]', '*line', 'grid', 'grid[1]', 'grid[1][2]',
      'pair', 'pair.a', 'pair.b', 'pair.c', 'view.data', 'view.size', 'bytes', 'bytes.x[1]', 'flags.low', 'flags.wide',
      'view', 'half', 'table.n', 'table.data[2]', 'huge', 'huge[99999]', 'empty',
    ]; // prettier-ignore
    assertGolden('ir/expressions.txt', texts.map((text) => listing(lower(text)) + '\n').join('\n'));
  });

  const gaps: [string, CaptureGap][] = [
    ['x', { code: 'vectorRegister' }],
    ['gone', { code: 'optimisedOut' }],
    ['gone->next->id', { code: 'optimisedOut' }],
    ['gone->name', { code: 'optimisedOut' }],
    ['half.data', { code: 'optimisedOut' }],
    ['*half.data', { code: 'optimisedOut' }],
    ['opaque', { code: 'incompleteType', name: 'opaque' }],
    ['table.data', { code: 'unknownLength', extent: 'flexible' }],
    ['wide', { code: 'unsupportedType', tag: '_Decimal128' }],
    ['z', { code: 'unsupportedType', tag: 'complex _Float80' }],
    ['set', { code: 'unsupportedType', tag: 'DW_TAG_set_type' }],
    ['bytes.x[9]', { code: 'undecodable', detail: 'outside the object' }],
    ['bytes.x[-1]', { code: 'undecodable', detail: 'outside the object' }],
  ];
  for (const [text, reason] of gaps) {
    it(`or a gap: ${text} ${reason.code}`, () => {
      assert.deepEqual(lower(text).source, { kind: 'unavailable', reason });
    });
  }

  it('of at most the bytes of a record', () => {
    const { source } = lower('huge', { bytesPerHit: RECORD_HEADER_SIZE + 224, stringBytes: 64 });
    assert.ok(source.kind === 'captured');
    assert.deepEqual(source.captures[0]!.output, { kind: 'memory', address: 2, size: 224 });
    assert.equal(source.omitted, 4_000_000 - 224);
    assert.deepEqual(lower('huge', { bytesPerHit: RECORD_HEADER_SIZE, stringBytes: 64 }).source, {
      kind: 'unavailable',
      reason: { code: 'overBudget' },
    });
  });

  it('and nothing is worked out of a part of an operand', () => {
    const leafOf = (bytesPerHit: number): unknown => {
      const { source } = lower(`line == "${'x'.repeat(40)}"`, { bytesPerHit, stringBytes: 64 });
      assert.ok(source.kind === 'computed');
      return source.leaves[0]!.source;
    };
    assert.deepEqual(leafOf(RECORD_HEADER_SIZE + 40), {
      kind: 'unavailable',
      reason: { code: 'overBudget' },
    });
    assert.notDeepEqual(leafOf(RECORD_HEADER_SIZE + 41), leafOf(RECORD_HEADER_SIZE + 40));
  });

  it('and tell which registers they read, so that a probe moves over no write to one', () => {
    const reads = (text: string): string[] => {
      const { source } = lower(text);
      return source.kind === 'captured' ? [...captureReads(source.captures).registers].sort() : [];
    };
    assert.deepEqual(reads('n'), ['bp']);
    assert.deepEqual(reads('p->next->id'), ['di']);
    assert.deepEqual(reads('view.size'), ['dx']);
    assert.deepEqual(reads('total'), []);
  });

  it('a variable of a snapshot is captured as its name is', () => {
    const [first] = here.locals();
    assert.deepEqual(lowerVariable(first!, here, DEFAULT_CAPTURE_LIMITS).expression, lower('n'));
  });
});

describe('what decides whether a hit is delivered becomes a capture', () => {
  const page = (text: string, lowered: typeof lowerCondition): string => {
    const capture = lowered(typeExpression(parseExpression(text), here), here);
    return `# ${text}\n${'code' in capture ? JSON.stringify(capture) : formatCapture(capture)}\n`;
  };

  it('conditions, as in the golden listing', () => {
    const texts = [
      'n', 'n > 3 && i != n', 'p && p->id > 3', 'p && p->next && p->next->id == n', '!p || p->id == 7', 'p ? p->id : i', 'n / i > 1', 'n << i',
      'c == 97', 'f < 1.5', 'x', 's == "first"', 'p && startswith(p->name, "fi")', 'gone', '$tid == $pid', '$comm == "worker"',
    ]; // prettier-ignore
    assertGolden('ir/conditions.txt', texts.map((text) => page(text, lowerCondition)).join('\n'));
  });

  it('what is to change, as in the golden listing', () => {
    const texts = ['n', 'p->next->id', 'f', 'p ? p->id : -1', 'flags.wide', 'gone', 'x', 'pair'];
    assertGolden('ir/changed.txt', texts.map((text) => page(text, lowerCompared)).join('\n'));
  });
});
