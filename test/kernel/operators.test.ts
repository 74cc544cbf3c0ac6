import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { Capture, Output, ScalarSize, Step } from '../../adapter/capture/ir';
import type { PlanSite } from '../../adapter/capture/plan';
import { layoutRecord, RECORD_HEADER } from '../../adapter/capture/recordLayout';
import { kernelGap } from './available';
import { BINARY_OPS, interpret } from './captureInterpreter';
import {
  AREA,
  BLOCK_REGISTERS,
  LAZY,
  readArea,
  registersProgram,
  runBlocks,
  siteAt,
  type Block,
} from './registersProgram';

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
    'wild',
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
});
type SeedStep = typeof seedStep extends fc.Arbitrary<infer T> ? T : never;

const capture: fc.Arbitrary<Capture> = fc
  .tuple(fc.array(seedStep, { minLength: 1, maxLength: 12 }), scalarSize, fc.nat())
  .map(([seeds, size, value]) => {
    const steps: Step[] = [
      { op: 'register', register: 'ax' },
      { op: 'register', register: 'r15' },
    ];
    for (const seed of seeds) steps.push(...stepsOf(seed, steps.length));
    // Mostly the last value, as compiled expressions have it.
    const output: Output = {
      kind: 'scalar',
      value: value % 3 === 0 ? value % steps.length : steps.length - 1,
      size,
    };
    return { steps, output };
  });

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
    case 'load': // within two pages, and now and then over their end
      return [
        { op: 'constant', value: 0x1fffn },
        { op: 'and', left, right: at },
        { op: 'constant', value: seed.base },
        { op: 'add', left: at + 1, right: at + 2 },
        { op: 'load', address: at + 3, size: seed.size, signed: seed.signed },
      ];
    default:
      return [{ op: seed.kind, left, right }];
  }
}

const block: fc.Arbitrary<Block> = fc.record(
  Object.fromEntries(BLOCK_REGISTERS.map((name) => [name, word])) as Record<
    keyof Block,
    fc.Arbitrary<bigint>
  >,
);

describe('captures in the kernel', function () {
  before(function () {
    const gap = kernelGap();
    if (gap) {
      console.log(`skipped: ${gap}`);
      this.skip();
    }
  });

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
      let compared = 0;
      let faulted = 0;
      backend.drain((site, view, offset) => {
        const program = installation.sites.indexOf(site);
        const machine = { registers: blocks[hits.get(site) ?? 0]!, loadBias: 0n, read: readArea };
        hits.set(site, (hits.get(site) ?? 0) + 1);
        const { captures } = programs[program]!;
        const { offsets } = layoutRecord(captures);
        const faults = view.getBigUint64(offset + RECORD_HEADER.faults.offset, true);
        captures.forEach((one, i) => {
          const expected = interpret(one, machine);
          const what = (): string =>
            `program ${program}, capture ${JSON.stringify(one, (_, v: unknown) => (typeof v === 'bigint' ? `${v}n` : v))}`;
          if ((((faults >> BigInt(i)) & 1n) === 1n) !== (expected === undefined))
            assert.fail(`${what()}: fault ${expected}`);
          if (view.getBigUint64(offset + offsets[i]!, true) !== (expected ?? 0n))
            assert.fail(`${what()}: ${expected}`);
          compared++;
          if (expected === undefined) faulted++;
        });
      });
      assert.equal(compared, (PROGRAMS * CAPTURES + BINARY_OPS.length) * BLOCKS);
      assert.ok(faulted > compared / 50 && faulted < compared / 2, `${faulted} of ${compared} faulted`);
    } finally {
      await backend.dispose();
    }
  });
});
