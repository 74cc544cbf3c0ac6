import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { Capture } from '../../adapter/capture/ir';
import type { PlanSite } from '../../adapter/capture/plan';
import { layoutRecord } from '../../adapter/capture/recordLayout';
import { needsKernel } from './available';
import { memory, record } from '../unit/capture/interpreter';
import { BINARY_OPS, captureOf, word } from './randomCaptures';
import { faultOf, fieldOf } from './recordFields';
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

/** What the program's memory is; see test/fixtures/registers.c. */
const read = memory({ at: AREA, bytes: areaBytes }, { at: LAZY, bytes: areaBytes });

/** Fixed, so that a failure can be run again. */
const SEED = 20240613;
const PROGRAMS = 32;
const CAPTURES = 32;
const BLOCKS = 60;

const capture = captureOf({
  registers: BLOCK_REGISTERS,
  ofHit: [],
  outputs: ['scalar', 'scalar', 'scalar', 'memory', 'string', 'readable', 'bytes'],
  mostSeeds: 20,
});

const block: fc.Arbitrary<Block> = fc.record(
  Object.fromEntries(BLOCK_REGISTERS.map((name) => [name, word])) as Record<
    keyof Block,
    fc.Arbitrary<bigint>
  >,
);

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

    const backend = openKernelBackend({ ringBytes: 64 << 20 });
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
        const layout = layoutRecord(captures);
        captures.forEach((one, i) => {
          const what = `hit ${hit} of ${inspect(one, { depth: null })}`;
          const ours = fieldOf(view, offset, layout, i);
          assert.equal(ours, fieldOf(expected.view, expected.offset, layout, i), what);
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
