import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { BinaryOp, Capture, Output, ScalarSize, Step } from '../../adapter/capture/ir';
import type { PlanSite } from '../../adapter/capture/plan';
import { layoutRecord, RECORD_HEADER } from '../../adapter/capture/recordLayout';
import { needsKernel } from './available';
import { memory, record } from '../unit/capture/interpreter';
import {
  AREA,
  areaBytes,
  BLOCK_REGISTERS,
  LAZY,
  registersProgram,
  runBlocks,
  siteAt,
  type Block,
} from './registersProgram';

const BINARY_OPS = [
  'add', 'sub', 'mul', 'udiv', 'umod', 'sdiv', 'smod', 'and', 'or', 'xor', 'shl', 'shr', 'sar',
  'eq', 'ne', 'ult', 'ule', 'slt', 'sle',
] as const satisfies readonly BinaryOp[]; // prettier-ignore

/** What the program's memory is; see test/fixtures/registers.c. */
const read = memory({ at: AREA, bytes: areaBytes }, { at: LAZY, bytes: areaBytes });

/** Fixed, so that a failure can be run again. */
const SEED = 20240613;
const PROGRAMS = 12;
const CAPTURES = 32;
const BLOCKS = 60;

const scalarSize = fc.constantFrom<ScalarSize>(1, 2, 4, 8);
const edges = [
  0n,
  1n,
  2n,
  63n,
  64n,
  65n,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_ffffn,
  1n << 63n,
  (1n << 63n) - 1n,
  (1n << 64n) - 1n,
  AREA,
];
const word = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, 80n), fc.bigInt(0n, (1n << 64n) - 1n));

/** What a step is made of; operands are taken modulo the values there are. */
const seedStep = fc.record({
  kind: fc.constantFrom(
    'register',
    'constant',
    'neg',
    'not',
    'extend',
    'load',
    'guarded',
    'wild',
    'select',
    'require',
    'text',
    ...BINARY_OPS,
    ...BINARY_OPS,
  ),
  register: fc.constantFrom(...BLOCK_REGISTERS),
  constant: word,
  left: fc.nat(),
  right: fc.nat(),
  bits: fc.integer({ min: 1, max: 64 }),
  signed: fc.boolean(),
  size: scalarSize,
  base: fc.constantFrom(AREA, LAZY),
  test: fc.constantFrom('equals' as const, 'startsWith' as const),
  /** Where a text is taken from, and where one is looked for. */
  place: fc.nat(areaBytes.length - 1),
});
type SeedStep = typeof seedStep extends fc.Arbitrary<infer T> ? T : never;

/** Makes an output of a value; memory and strings lie in the two pages, or over their end. */
const seedOutput = fc.record({
  kind: fc.constantFrom('scalar', 'scalar', 'scalar', 'memory', 'string', 'bytes'),
  size: scalarSize,
  length: fc.integer({ min: 2, max: 40 }),
  // Mostly the last value, as compiled expressions have it.
  value: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, fc.nat()),
});

const capture: fc.Arbitrary<Capture> = fc
  .tuple(fc.array(seedStep, { minLength: 1, maxLength: 12 }), seedOutput)
  .map(([seeds, { kind, size, length, value }]) => {
    const steps: Step[] = [
      { op: 'register', register: 'ax' },
      { op: 'register', register: 'r15' },
    ];
    for (const seed of seeds) steps.push(...stepsOf(seed, steps.length));
    const chosen = value === undefined ? steps.length - 1 : value % steps.length;
    if (kind === 'scalar') return { steps, output: { kind, value: chosen, size } };
    steps.push(...addressOf(chosen, size === 8 ? LAZY : AREA, steps.length));
    const address = steps.length - 1;
    if (kind === 'bytes') {
      // Of any length, or of a few bytes.
      const mask = steps.push({ op: 'constant', value: 0x1fn }) - 1;
      const few = steps.push({ op: 'and', left: (value ?? 0) % steps.length, right: mask }) - 1;
      return { steps, output: { kind, address, length: size > 2 ? few : chosen, capacity: length } };
    }
    const output: Output =
      kind === 'memory' ? { kind, address, size: length } : { kind, address, capacity: length };
    return { steps, output };
  });

/** An address within two pages, by the value's low bits. */
const addressOf = (value: number, base: bigint, at: number): Step[] => [
  { op: 'constant', value: 0x1fffn },
  { op: 'and', left: value, right: at },
  { op: 'constant', value: base },
  { op: 'add', left: at + 1, right: at + 2 },
];

function stepsOf(seed: SeedStep, at: number): Step[] {
  const [left, right] = [seed.left % at, seed.right % at];
  switch (seed.kind) {
    case 'register':
      return [{ op: 'register', register: seed.register }];
    case 'constant':
      return [{ op: 'constant', value: seed.constant }];
    case 'neg':
    case 'not':
      return [{ op: seed.kind, operand: left }];
    case 'extend':
      return [{ op: 'extend', operand: left, bits: seed.bits, signed: seed.signed }];
    case 'wild': // nearly always a fault
      return [{ op: 'load', address: left, size: seed.size, signed: seed.signed }];
    case 'load':
      return [
        ...addressOf(left, seed.base, at),
        { op: 'load', address: at + 3, size: seed.size, signed: seed.signed },
      ];
    case 'guarded':
      return [
        { op: 'load', address: left, size: seed.size, signed: seed.signed, guard: right },
        ...addressOf(left, seed.base, at + 1),
        { op: 'load', address: at + 4, size: seed.size, signed: seed.signed, guard: right },
      ];
    case 'select':
      return [{ op: 'select', condition: seed.bits % at, then: left, otherwise: right }];
    case 'require': // of what is zero seldom enough
      return [
        { op: 'or', left, right },
        { op: 'require', condition: at, operand: left },
      ];
    case 'text':
      return [
        { op: 'constant', value: seed.base + BigInt(seed.place) },
        {
          op: 'testString',
          test: seed.test,
          text: textAt(seed.bits % 2 ? seed.place : seed.bits),
          address: at,
          ...(seed.signed && { guard: right }),
        },
      ];
    default:
      return [{ op: seed.kind, left, right }];
  }
}

/** Up to the NUL, or the beginning of that. */
function textAt(place: number): Uint8Array {
  const text = areaBytes.subarray(place, place + 20);
  return text.subarray(0, text.includes(0) ? text.indexOf(0) : 7);
}

const block: fc.Arbitrary<Block> = fc.record(
  Object.fromEntries(BLOCK_REGISTERS.map((name) => [name, word])) as Record<
    keyof Block,
    fc.Arbitrary<bigint>
  >,
);

const hex = (view: DataView, start: number, end: number): string =>
  Buffer.from(view.buffer, view.byteOffset + start, end - start).toString('hex');
const faultOf = (view: DataView, record: number, capture: number): boolean =>
  ((view.getBigUint64(record + RECORD_HEADER.faults.offset, true) >> BigInt(capture)) & 1n) === 1n;

describe('captures in the kernel', function () {
  before(needsKernel);

  it(`are what the IR says: ${PROGRAMS * CAPTURES} random captures on ${BLOCKS} random inputs, and every operator`, async () => {
    const perOperator = BINARY_OPS.map((op): Capture => ({
      steps: [
        { op: 'register', register: 'ax' },
        { op: 'register', register: 'dx' },
        { op, left: 0, right: 1 },
      ],
      output: { kind: 'scalar', value: 2, size: 8 },
    }));
    const random = fc.sample(fc.array(capture, { minLength: CAPTURES, maxLength: CAPTURES }), {
      numRuns: PROGRAMS,
      seed: SEED,
    });
    const programs = [perOperator, ...random].map((captures) => ({ mode: 'record' as const, captures }));
    const blocks = fc.sample(block, { numRuns: BLOCKS, seed: SEED });

    const backend = openKernelBackend();
    try {
      const path = registersProgram();
      const sites: PlanSite[] = programs.map((_, index) => siteAt(path, 'first_place', index));
      const installation = await backend.install({ path, buildId: undefined, pid: 0, sites, programs });
      runBlocks(blocks);
      await installation.detach();

      const hits = new Map<number, number>();
      let [compared, faulted] = [0, 0];
      backend.drain((site, view, offset) => {
        const hit = hits.get(site) ?? 0;
        hits.set(site, hit + 1);
        const { captures } = programs[installation.sites.indexOf(site)]!;
        const expected = record(captures, { registers: blocks[hit]!, loadBias: 0n, read });
        const { offsets, size } = layoutRecord(captures);
        captures.forEach((one, i) => {
          const end = offsets[i + 1] ?? size;
          const what = `hit ${hit} of ${inspect(one, { depth: null })}`;
          assert.equal(
            hex(view, offset + offsets[i]!, offset + end),
            hex(expected.view, expected.offset + offsets[i]!, expected.offset + end),
            what,
          );
          const fault = faultOf(view, offset, i);
          assert.equal(fault, faultOf(expected.view, expected.offset, i), what);
          compared++;
          if (fault) faulted++;
        });
      });
      assert.equal(compared, (PROGRAMS * CAPTURES + BINARY_OPS.length) * BLOCKS);
      assert.ok(faulted > compared / 50 && faulted < compared / 2, `${faulted} of ${compared} faulted`);
    } finally {
      await backend.dispose();
    }
  });
});
