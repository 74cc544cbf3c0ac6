/** Code that decides which hits are delivered. It leaves the program for those that are not, by labels of ENDINGS. */
import {
  arithmetic,
  arithmeticImmediate,
  atomicAdd,
  call,
  compareExchange,
  exchange,
  exit,
  fetchAdd,
  jump,
  jumpIf,
  jumpIfImmediate,
  label,
  load,
  loadConstant,
  move,
  moveImmediate,
  store,
  type Line,
} from '../bpf/instruction';
import type { Condition } from '../bpf/opcode';
import type { Capture } from '../capture/ir';
import type { HitFilter, OrdinalOperator } from '../capture/plan';
import { capacityOf } from '../capture/recordLayout';
import type { COUNTS } from './counters';
import { evaluate, type Surroundings } from './evaluation';
import { count } from './count';
import { FILTER_STATE } from './filterState';
import { extension } from './operation';
import { fetch, FILTER, FRAME_POINTER } from './place';

/** A place to leave the program at, and the count that the hit then goes to. */
const ENDINGS = {
  filtered: 'filtered',
  throttled: 'throttled',
  conditionError: 'conditionErrors',
} as const satisfies Record<string, keyof typeof COUNTS>;
type Ending = keyof typeof ENDINGS;
const to = (ending: Ending): Ending => ending;

/** Goes on where the capture is not 0. @throws StackExhausted */
export function condition(capture: Capture, surroundings: Surroundings): Line[] {
  return [...gate(capture, 'condition', surroundings), jumpIfImmediate('eq', 0, 0, to('filtered'))];
}

/** Uses the FILTER register, which has the address of the state, and sets the hit's ordinal. @throws StackExhausted */
export function filter(filters: HitFilter, surroundings: Surroundings): Line[] {
  const { changed, ordinal, sampling, hitsPerSecond, maxHits } = filters;
  return [
    ...(changed ? whenChanged(changed, surroundings) : []),
    ...(ordinal || surroundings.ordinal !== undefined ? takeOrdinal(surroundings) : []),
    ...(ordinal ? whenOrdinal(ordinal.operator, ordinal.value) : []),
    ...(sampling === undefined ? [] : sample(sampling)),
    ...(hitsPerSecond === undefined ? [] : limitRate(hitsPerSecond)),
    ...(maxHits === undefined ? [] : limitHits(maxHits)),
  ];
}

/** The hit had been let through, and got lost after that: another one may have its place. */
export const giveBack = ({ maxHits }: HitFilter): Line[] =>
  maxHits === undefined ? [] : [moveImmediate(1, -1), atomicAdd(FILTER, FILTER_STATE.passed.offset, 1)];

/** The endings that the lines jump to. */
export function endings(lines: readonly Line[]): Line[] {
  const targets = new Set(lines.map((line) => ('label' in line ? undefined : line.target)));
  return (Object.keys(ENDINGS) as Ending[])
    .filter((ending) => targets.has(ending))
    .flatMap((ending) => [label(ending), ...count(ENDINGS[ending]), moveImmediate(0, 0), exit()]);
}

/** r0 = the capture's scalar, of which the output's bytes count. Its slots are free again afterwards. */
function gate(capture: Capture, name: string, surroundings: Surroundings): Line[] {
  const { lines, results } = evaluate(
    capture,
    name,
    { kind: 'leave', label: to('conditionError') },
    { ...surroundings, frame: surroundings.frame.copy() },
  );
  return [...lines, fetch(0, results[0]!), ...extension(8 * capacityOf(capture.output), false)];
}

const whenChanged = (capture: Capture, surroundings: Surroundings): Line[] => [
  ...gate(capture, 'changed', surroundings),
  move(1, 0),
  exchange(FILTER, FILTER_STATE.last.offset, 1),
  jumpIf('eq', 0, 1, to('filtered')),
];

function takeOrdinal({ ordinal }: Surroundings): Line[] {
  return [
    moveImmediate(1, 1),
    fetchAdd(FILTER, FILTER_STATE.ordinal.offset, 1),
    arithmeticImmediate('add', 1, 1),
    ...(ordinal === undefined ? [] : [store(8, FRAME_POINTER, ordinal, 1)]),
  ];
}

/** r1 is the ordinal. */
function whenOrdinal(operator: OrdinalOperator, value: number): Line[] {
  const lines = [loadConstant(2, BigInt(value))];
  if (operator === '%')
    return [...lines, arithmetic('umod', 1, 2), jumpIfImmediate('ne', 1, 0, to('filtered'))];
  return [...lines, jumpIf(UNLESS[operator], 1, 2, to('filtered'))];
}
const UNLESS: Readonly<Record<Exclude<OrdinalOperator, '%'>, Condition>> = {
  '==': 'ne',
  '>': 'ule',
  '>=': 'ult',
  '<': 'uge',
  '<=': 'ugt',
};

const sample = (of: number): Line[] => [
  moveImmediate(1, 1),
  fetchAdd(FILTER, FILTER_STATE.samples.offset, 1),
  loadConstant(2, BigInt(of)),
  arithmetic('umod', 1, 2),
  jumpIfImmediate('ne', 1, 0, to('throttled')),
];

/**
 * A token bucket as one word, the time at which it will be full: a hit moves it on by the time of one token, and
 * may do so while it is less than the bucket's size away. Where others keep changing the word, the hit is throttled.
 */
function limitRate(hitsPerSecond: number): Line[] {
  const token = Math.max(1, Math.ceil(SECOND / hitsPerSecond));
  const { offset } = FILTER_STATE.full;
  const attempts = Array.from({ length: RATE_ATTEMPTS }, (_, attempt): Line[] => [
    load(8, 0, FILTER, offset),
    jumpIf('ugt', 0, 5, to('throttled')),
    move(1, 0),
    jumpIf('uge', 1, 3, `rate${attempt}.later`),
    move(1, 3),
    label(`rate${attempt}.later`),
    ...addConstant(1, token),
    move(4, 0),
    compareExchange(FILTER, offset, 1),
    jumpIf('eq', 0, 4, 'rate.passed'),
  ]);
  return [
    call('ktime_get_ns'),
    move(3, 0),
    move(5, 0),
    ...addConstant(5, Math.max(0, BURST - token)),
    ...attempts.flat(),
    jump(to('throttled')),
    label('rate.passed'),
  ];
}

const addConstant = (register: 1 | 5, value: number): Line[] => [
  loadConstant(2, BigInt(value)),
  arithmetic('add', register, 2),
];

const limitHits = (most: number): Line[] => [
  moveImmediate(1, 1),
  fetchAdd(FILTER, FILTER_STATE.passed.offset, 1),
  loadConstant(2, BigInt(most)),
  jumpIf('ult', 1, 2, 'limit.passed'),
  ...giveBack({ maxHits: most }),
  jump(to('throttled')),
  label('limit.passed'),
];

/** Nanoseconds. */
const SECOND = 1e9;
const BURST = SECOND;
const RATE_ATTEMPTS = 4;
