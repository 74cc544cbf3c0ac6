/** Random programs of random captures, conditions and filters, and hits for them. */
import fc from 'fast-check';
import { emit } from '../../adapter/backend/emit';
import { BackendError } from '../../adapter/backend/backend';
import type { Capture, Output } from '../../adapter/capture/ir';
import type { CaptureProgram, HitFilter, OrdinalOperator } from '../../adapter/capture/plan';
import { layoutRecord, MAX_CAPTURES } from '../../adapter/capture/recordLayout';
import { REGISTERS, type Register } from '../../adapter/x86/register';
import { captureOf, word, type Ingredients } from './randomCaptures';
import type { Edition } from '../unit/capture/hitInterpreter';
import { AREA, LAZY } from './registersProgram';
import type { Trial } from './testRun';
import type { TypedCaptures } from './typedCaptures';

const registers = Object.keys(REGISTERS) as Register[];
const outputs: readonly Output['kind'][] = [
  'scalar',
  'scalar',
  'scalar',
  'memory',
  'string',
  'readable',
  'bytes',
  'threadName',
];
const ofHit: Ingredients['ofHit'] = ['loadBias', 'threadPointer', 'testThreadName', 'pid', 'tid', 'cpu'];
/** They make about as many steps as a capture may have. */
const MOST_SEEDS = 120;

const capture = captureOf({ registers, ofHit: [...ofHit, 'ordinal'], outputs, mostSeeds: MOST_SEEDS });
const scalar = captureOf({ registers, ofHit, outputs: ['scalar'], mostSeeds: MOST_SEEDS });

/** Of a hit: which it is, by a register that nothing else is in. */
export const HIT_NUMBER: Capture = {
  steps: [{ op: 'register', register: 'flags' }],
  output: { kind: 'scalar', value: 0, size: 8 },
};

/** `flags` is the hit's number and `ip` the place of the probe. */
export const hitAt = (number: number, ip: bigint): fc.Arbitrary<Record<Register, bigint>> =>
  fc
    .record(Object.fromEntries(registers.map((name) => [name, hitWord])) as Record<Register, typeof hitWord>)
    .map((values) => ({ ...values, flags: BigInt(number), ip }));
const hitWord = fc.oneof(
  { weight: 4, arbitrary: word },
  { weight: 1, arbitrary: fc.bigInt(0n, 0x2000n).map((offset) => AREA + offset) },
  { weight: 1, arbitrary: fc.bigInt(0n, 0x2000n).map((offset) => LAZY + offset) },
  // Near where memory begins, and where it ends.
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(AREA, AREA + 0x2000n), fc.bigInt(-40n, 8n))
      .map(([edge, offset]) => edge + offset),
  },
);

const ordinal = fc.record({
  operator: fc.constantFrom<OrdinalOperator>('==', '>', '>=', '<', '<=', '%'),
  value: fc.integer({ min: 1, max: 9 }),
});

/** Of one of a few tracepoints. */
const edition = fc.record<Edition>({
  key: fc.record({ tracepoint: fc.integer({ min: 1, max: 4 }), number: fc.integer({ min: 1, max: 9 }) }),
  role: fc.record({
    takes: fc.constantFrom(true, true, true, false),
    newer: fc.boolean(),
    older: fc.boolean(),
  }),
});

const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

export function trialOf(typed: TypedCaptures): fc.Arbitrary<Trial> {
  const condition = fc.oneof(
    scalar,
    fc.nat().map((seed) => typed.condition(seed) ?? HIT_NUMBER),
  );
  const changed = fc.oneof(condition, fc.constant(HIT_NUMBER));
  const filter = fc.record(
    {
      changed,
      ordinal,
      sampling: fc.integer({ min: 1, max: 4 }),
      // What passes at once, whatever the time, or what one token is enough for.
      hitsPerSecond: fc.constantFrom(1, 2, 4, 5, 1000),
      maxHits: fc.integer({ min: 1, max: 9 }),
    },
    { requiredKeys: [] },
  );
  const some = fc.oneof(
    { weight: 3, arbitrary: capture.map((one): readonly Capture[] => [one]) },
    { weight: 1, arbitrary: fc.nat().map((seed) => typed.message(seed)) },
    { weight: 1, arbitrary: fc.nat().map((seed) => [typed.condition(seed) ?? HIT_NUMBER]) },
  );
  const captures = fc.oneof(
    { weight: 2, arbitrary: fc.array(some, { minLength: 1, maxLength: 40, size: 'max' }) },
    // So few that none pages in what another one reads.
    { weight: 1, arbitrary: fc.array(some, { minLength: 1, maxLength: 2 }) },
  );
  return fc
    .record({
      mode: fc.constantFrom<CaptureProgram['mode']>('record', 'record', 'record', 'record', 'count'),
      captures: captures.map((some) => some.flat()),
      condition: seldom(condition),
      filter: seldom(filter),
      edition: seldom(edition),
    })
    .map(({ mode, captures: all, condition: gate, filter: filters, edition: ofEdit }) => ({
      program: fitting({
        mode,
        captures: mode === 'count' ? [] : ofOneRecord([HIT_NUMBER, ...all]),
        ...(gate && { condition: gate }),
        ...(filters && { filter: filters satisfies Partial<HitFilter> }),
      }),
      ...(ofEdit && { edition: ofEdit }),
    }));
}

/** The first of them, as many as a plan may have. */
function ofOneRecord(captures: readonly Capture[]): Capture[] {
  const some = captures.slice(0, MAX_CAPTURES);
  while (layoutRecord(some).size > RECORD_BYTES) some.pop();
  return some;
}
const RECORD_BYTES = 32 << 10;

/** The program with as many of its captures as the stack has room for. */
function fitting(program: CaptureProgram): CaptureProgram {
  try {
    emit(program, { firstSite: 0, stride: 1, only: undefined, threadPointer: 0 });
    return program;
  } catch (error) {
    if (!(error instanceof BackendError && error.failure.code === 'tooManyCaptures')) throw error;
    const { limit } = error.failure;
    return limit > 0
      ? fitting({ ...program, captures: program.captures.slice(0, limit) })
      : { mode: 'count', captures: [] };
  }
}
