import {
  MAX_STEPS,
  MAX_TEST_TEXT,
  operandsOf,
  outputValues,
  type BinaryOp,
  type Capture,
  type Output,
  type Step,
} from '../capture/ir';
import type { CaptureProgram, HitFilter, Plan, PlanSite } from '../capture/plan';
import { layoutRecord, MAX_CAPTURES } from '../capture/recordLayout';
import { REGISTERS } from '../x86/register';
import { BackendError } from './backend';

/** A plan that is not what its types say, or not in single-assignment form: a bug of who made it. */
export class InvalidPlan extends Error {
  override readonly name = 'InvalidPlan';
}

/**
 * Plans may come from another process, and what is wrong in them is better said here than by the verifier.
 * @throws InvalidPlan, BackendError `tooManyCaptures`
 */
export function checkPlan(plan: Plan): void {
  const { uid } = plan.only ?? {};
  require(uid === undefined || isSize(uid, 2 ** 32 - 1), `uid ${uid}`);
  require(plan.only === undefined || plan.pid === 0, 'one process, and only some');
  for (const program of plan.programs) checkProgram(program);
  plan.sites.forEach((site, index) => {
    // There may be tens of thousands: words are made for what is wrong alone.
    const wrong = wrongOf(site, plan.programs);
    if (wrong !== undefined) throw new InvalidPlan(`site ${index}: ${wrong}`);
  });
}

function wrongOf({ program, offset, address }: PlanSite, programs: Plan['programs']): string | undefined {
  if (!(program in programs)) return `no program ${program}`;
  if (!isSize(offset, Number.MAX_SAFE_INTEGER)) return `file offset ${offset}`;
  return Number.isSafeInteger(address) ? undefined : `address ${address}`;
}

function checkProgram({ captures, condition, filter = {} }: CaptureProgram): void {
  if (captures.length > MAX_CAPTURES)
    throw new BackendError({ code: 'tooManyCaptures', limit: MAX_CAPTURES });
  captures.forEach((capture, index) => {
    checkCapture(capture, `capture ${index}`);
  });
  require(layoutRecord(captures).size <= MAX_RECORD_SIZE, `a record of more than ${MAX_RECORD_SIZE} bytes`);
  if (condition) checkGate(condition, 'condition');
  checkFilter(filter);
}

/** It is asked before there is an ordinal. */
function checkGate(capture: Capture, where: string): void {
  checkCapture(capture, where);
  require(capture.output.kind === 'scalar', `${where}: ${capture.output.kind}`);
  require(!capture.steps.some(
    (step) => step.op === 'special' && step.name === 'ordinal',
  ), `${where}: its own ordinal`);
}

function checkFilter({ changed, ordinal, sampling, hitsPerSecond, maxHits }: HitFilter): void {
  if (changed) checkGate(changed, 'changed');
  for (const [name, value] of Object.entries({ ordinal: ordinal?.value, sampling, hitsPerSecond, maxHits })) {
    if (value === undefined) continue;
    require(isSize(value, Number.MAX_SAFE_INTEGER), `${name}: ${value}`);
    require(value > 0 || (name === 'ordinal' && ordinal?.operator !== '%'), `${name}: ${value}`);
  }
}

function checkCapture({ steps, output }: Capture, where: string): void {
  require(steps.length <= MAX_STEPS, `${where}: more than ${MAX_STEPS} steps`);
  steps.forEach((step, index) => {
    for (const operand of operandsOf(step))
      require(isSize(
        operand,
        index - 1,
      ), `${where}, step ${index}: value ${operand} is not defined before it`);
    require(isStep(step), `${where}, step ${index}: ${step.op} with operands that it cannot have`);
  });
  for (const value of outputValues(output))
    require(isSize(value, steps.length - 1), `${where}: output of no step`);
  require(isOutput(output), `${where}: size of its ${output.kind}`);
  require(output.kind !== 'threadName' || steps.length === 0, `${where}: steps before its ${output.kind}`);
}

function isStep(step: Step): boolean {
  switch (step.op) {
    case 'constant':
      return typeof step.value === 'bigint';
    case 'register':
      return Object.hasOwn(REGISTERS, step.register);
    case 'extend':
      return isSize(step.bits - 1, 63);
    case 'load':
      return SCALAR_SIZES.has(step.size);
    case 'testString':
    case 'testThreadName':
      return STRING_TESTS.has(step.test) && step.text.length <= MAX_TEST_TEXT;
    case 'special':
      return SPECIALS.has(step.name);
    case 'loadBias':
    case 'threadPointer':
    case 'neg':
    case 'not':
    case 'select':
    case 'require':
      return true;
    default:
      return BINARY.has(step.op);
  }
}

function isOutput(output: Output): boolean {
  switch (output.kind) {
    case 'scalar':
      return SCALAR_SIZES.has(output.size);
    case 'memory':
      return isSize(output.size - 1, MAX_RECORD_SIZE);
    case 'string':
    case 'readable':
    case 'bytes':
      return isSize(output.capacity - 1, MAX_RECORD_SIZE);
    case 'threadName':
      return true;
  }
}

const isSize = (value: number, most: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= most;

function require(condition: boolean, problem: string): void {
  if (!condition) throw new InvalidPlan(problem);
}

const BINARY = new Set<BinaryOp>([
  'add', 'sub', 'mul', 'udiv', 'umod', 'sdiv', 'smod', 'and', 'or', 'xor', 'shl', 'shr', 'sar',
  'eq', 'ne', 'ult', 'ule', 'slt', 'sle',
]); // prettier-ignore
const STRING_TESTS = new Set(['equals', 'startsWith']);
const SPECIALS = new Set(['pid', 'tid', 'cpu', 'time', 'ordinal']);
const SCALAR_SIZES = new Set([1, 2, 4, 8]);

/** Bytes; a small part of the ring buffer and of the chunk that is drained at a time. */
const MAX_RECORD_SIZE = 32 << 10;
