/** Random captures over the registers and over AREA and LAZY, to compare the interpreter's outcome with the kernel's. */
import fc from 'fast-check';
import {
  MAX_STEPS,
  type BinaryOp,
  type Capture,
  type Output,
  type ScalarSize,
  type Step,
} from '../../adapter/capture/ir';
import type { Register } from '../../adapter/x86/register';
import { AREA, areaBytes, LAZY, PAGE } from './registersProgram';

export const BINARY_OPS = [
  'add', 'sub', 'mul', 'udiv', 'umod', 'sdiv', 'smod', 'and', 'or', 'xor', 'shl', 'shr', 'sar',
  'eq', 'ne', 'ult', 'ule', 'slt', 'sle',
] as const satisfies readonly BinaryOp[]; // prettier-ignore

/** What captures are made of, beside steps that compute and read. */
export interface Ingredients {
  readonly registers: readonly Register[];
  /** `pid` to `ordinal` are those of `special`. */
  readonly ofHit: readonly (
    'loadBias' | 'threadPointer' | 'testThreadName' | 'pid' | 'tid' | 'cpu' | 'ordinal'
  )[];
  readonly outputs: readonly Output['kind'][];
  /** Of a capture; a seed makes some steps. Most have FEW_SEEDS. */
  readonly mostSeeds: number;
}

/** The name of the thread, where there are steps that test it; at most 15 characters. */
export const THREAD_NAME = 'random captures';

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
export const word = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, 80n), fc.bigInt(0n, (1n << 64n) - 1n));

interface Area {
  readonly base: bigint;
  readonly near: 1 | 2 | undefined;
}
const area: fc.Arbitrary<Area> = fc.record({
  base: fc.constantFrom(AREA, LAZY),
  near: fc.constantFrom(undefined, undefined, 1, 2),
});

/** What a step is made of; operands are taken modulo the values there are. */
const seedStep = ({ registers, ofHit }: Ingredients) =>
  fc.record({
    kind: fc.constantFrom(
      'register',
      'constant',
      'neg',
      'not',
      'extend',
      'load',
      'field',
      'field',
      'guarded',
      'wild',
      'select',
      'require',
      'text',
      ...ofHit,
      ...BINARY_OPS,
      ...BINARY_OPS,
    ),
    register: fc.constantFrom(...registers),
    constant: word,
    left: fc.nat(),
    right: fc.nat(),
    bits: fc.integer({ min: 1, max: 64 }),
    signed: fc.boolean(),
    size: scalarSize,
    area,
    test: fc.constantFrom('equals' as const, 'startsWith' as const),
    /** Where a text is taken from, and where one is looked for. */
    place: fc.nat(areaBytes.length - 1),
  });
type SeedStep = ReturnType<typeof seedStep> extends fc.Arbitrary<infer T> ? T : never;

/** Mostly a few, now and then many. */
const seedSteps = (ingredients: Ingredients): fc.Arbitrary<SeedStep[]> => {
  const upTo = (maxLength: number): fc.Arbitrary<SeedStep[]> =>
    fc.array(seedStep(ingredients), { minLength: 1, maxLength, size: 'max' });
  return fc.oneof(
    { weight: 15, arbitrary: upTo(FEW_SEEDS) },
    { weight: 1, arbitrary: upTo(ingredients.mostSeeds) },
  );
};
const FEW_SEEDS = 12;
/** Steps; some more belong to the last seed and to the output. */
const LONG = MAX_STEPS - 20;

/** Bytes that fields are in, and of those the ones before what is pointed to. */
const FIELDS = 48;
const FIELDS_BEFORE = 8;

/** Makes an output of a value; memory and strings lie in the two pages, or over their end. */
const seedOutput = ({ outputs }: Ingredients) =>
  fc.record({
    kind: fc.constantFrom(...outputs),
    size: scalarSize,
    where: area,
    length: fc.oneof(
      { weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) },
      fc.integer({ min: 1, max: 5000 }),
    ),
    // Mostly the last value, as compiled expressions have it.
    value: fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, fc.nat()),
  });

export const captureOf = (ingredients: Ingredients): fc.Arbitrary<Capture> =>
  fc
    .tuple(seedSteps(ingredients), seedOutput(ingredients))
    .map(([seeds, { kind, size, length, value, where }]) => {
      const steps: Step[] = [
        { op: 'register', register: 'ax' },
        { op: 'register', register: 'r15' },
      ];
      for (const seed of seeds) if (steps.length < LONG) steps.push(...stepsOf(seed, steps.length));
      const chosen = value === undefined ? steps.length - 1 : value % steps.length;
      if (kind === 'threadName') return { steps: [], output: { kind } };
      if (kind === 'scalar') return { steps, output: { kind, value: chosen, size } };
      steps.push(...addressOf(chosen, where, steps.length));
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

/** An address within two pages by the value's low bits, or one around the end of either. */
function addressOf(value: number, { base, near }: Area, at: number): Step[] {
  const [mask, start] = near === undefined ? [2 * PAGE - 1, 0] : [0x3f, near * PAGE - 0x20];
  return [
    { op: 'constant', value: BigInt(mask) },
    { op: 'and', left: value, right: at },
    { op: 'constant', value: base + BigInt(start) },
    { op: 'add', left: at + 1, right: at + 2 },
  ];
}
function stepsOf(seed: SeedStep, at: number): Step[] {
  const [left, right] = [seed.left % at, seed.right % at];
  switch (seed.kind) {
    case 'register':
      return [{ op: 'register', register: seed.register }];
    case 'constant':
      return [{ op: 'constant', value: seed.constant }];
    case 'loadBias':
    case 'threadPointer':
      return [{ op: seed.kind }];
    case 'pid':
    case 'tid':
    case 'cpu':
    case 'ordinal':
      return [{ op: 'special', name: seed.kind }];
    case 'neg':
    case 'not':
      return [{ op: seed.kind, operand: left }];
    case 'extend':
      return [{ op: 'extend', operand: left, bits: seed.bits, signed: seed.signed }];
    case 'wild': // nearly always a fault
      return [{ op: 'load', address: left, size: seed.size, signed: seed.signed }];
    case 'load':
      return [
        ...addressOf(left, seed.area, at),
        { op: 'load', address: at + 3, size: seed.size, signed: seed.signed },
      ];
    case 'field': // mostly of what a register points to, as of others
      return [
        { op: 'constant', value: BigInt((seed.place % FIELDS) - FIELDS_BEFORE) },
        { op: 'add', left: seed.bits % 4 === 0 ? left : seed.bits % 2, right: at },
        { op: 'load', address: at + 1, size: seed.size, signed: seed.signed },
      ];
    case 'guarded':
      return [
        { op: 'load', address: left, size: seed.size, signed: seed.signed, guard: right },
        ...addressOf(left, seed.area, at + 1),
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
        { op: 'constant', value: seed.area.base + BigInt(seed.place) },
        {
          op: 'testString',
          test: seed.test,
          text: textAt(seed.bits % 2 ? seed.place : seed.bits),
          address: at,
          ...(seed.signed && { guard: right }),
        },
      ];
    case 'testThreadName':
      return [{ op: 'testThreadName', test: seed.test, text: threadText(seed.bits, seed.signed) }];
    default:
      return [{ op: seed.kind, left, right }];
  }
}

/** Up to the NUL, or the beginning of that. */
function textAt(place: number): Uint8Array {
  const text = areaBytes.subarray(place, place + 20);
  return text.subarray(0, text.includes(0) ? text.indexOf(0) : 7);
}

/** Of the thread's name the whole, the beginning, or more than there is; or not quite that. */
function threadText(choice: number, other: boolean): Uint8Array {
  const length = THREAD_TEXTS[choice % THREAD_TEXTS.length]!;
  const text = Buffer.from(`${THREAD_NAME} and more`).subarray(0, length);
  if (other && length > 0) text[length - 1] = 0x21;
  return text;
}
const THREAD_TEXTS = [0, 3, 8, THREAD_NAME.length - 1, THREAD_NAME.length, THREAD_NAME.length, 16, 17];
