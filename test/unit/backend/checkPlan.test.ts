import assert from 'node:assert/strict';
import { BackendError } from '../../../adapter/backend/backend';
import { checkPlan, InvalidPlan } from '../../../adapter/backend/checkPlan';
import { MAX_STEPS, MAX_TEST_TEXT, type Capture, type Output, type Step } from '../../../adapter/capture/ir';
import type { Plan } from '../../../adapter/capture/plan';
import { MAX_CAPTURES } from '../../../adapter/capture/recordLayout';
import { fileOffset } from '../../../adapter/elf/address';
import { COUNT, FIELD, GLOBAL, MEMORY, plan, record, REGISTER, STRING } from './plans';

const capture = (steps: readonly unknown[], output: unknown): Plan =>
  plan([record({ steps: steps as Step[], output: output as Output })], [0]);
const AX = { op: 'register', register: 'ax' };
const scalar = (value: number, size = 8): unknown => ({ kind: 'scalar', value, size });

const ORDINAL: Capture = {
  steps: [{ op: 'special', name: 'ordinal' }],
  output: { kind: 'scalar', value: 0, size: 8 },
};

describe('a plan', () => {
  it('of every kind of step and output passes', () => {
    checkPlan(plan([COUNT, record(), record(REGISTER, FIELD, STRING, MEMORY, GLOBAL)], [0, 1, 2, 2]));
    checkPlan(
      plan([{ ...record(ORDINAL), condition: FIELD, filter: { ordinal: { operator: '<', value: 0 } } }], [0]),
    );
  });

  for (const [what, broken] of [
    ['a site of no program', plan([COUNT], [1])],
    ['a user of no number', plan([COUNT], [0], { pid: 0, only: { uid: -1 } })],
    ['one process, and only some', plan([COUNT], [0], { pid: 7, only: { uid: 0 } })],
    [
      'a negative file offset',
      plan([COUNT], [], { sites: [{ ...plan([COUNT], [0]).sites[0]!, offset: fileOffset(-1) }] }),
    ],
    ['a value used before it is defined', capture([{ op: 'neg', operand: 0 }], scalar(0))],
    ['a value that is never defined', capture([AX, { op: 'add', left: 0, right: 2 }], scalar(1))],
    ['a fraction of a value', capture([AX, { op: 'not', operand: 0.5 }], scalar(1))],
    ['an output of no step', capture([AX], scalar(1))],
    ['an output and no steps', capture([], scalar(0))],
    ['an unknown operation', capture([AX, { op: 'rotate', left: 0, right: 0 }], scalar(1))],
    ['an unknown register', capture([{ op: 'register', register: 'xmm0' }], scalar(0))],
    ['an inherited name as register', capture([{ op: 'register', register: 'constructor' }], scalar(0))],
    ['a load of 3 bytes', capture([AX, { op: 'load', address: 0, size: 3, signed: false }], scalar(1))],
    [
      'an extension from 0 bits',
      capture([AX, { op: 'extend', operand: 0, bits: 0, signed: true }], scalar(1)),
    ],
    [
      'an extension from 65 bits',
      capture([AX, { op: 'extend', operand: 0, bits: 65, signed: true }], scalar(1)),
    ],
    [
      'a guard that is not defined',
      capture([AX, { op: 'load', address: 0, size: 1, signed: false, guard: 1 }], scalar(0)),
    ],
    [
      'a text that is too long',
      capture(
        [AX, { op: 'testString', test: 'equals', text: new Uint8Array(MAX_TEST_TEXT + 1), address: 0 }],
        scalar(1),
      ),
    ],
    ['a condition on its own ordinal', plan([{ ...COUNT, condition: ORDINAL }], [0])],
    ['a condition that is no scalar', plan([{ ...COUNT, condition: STRING }], [0])],
    ['a sampling of none', plan([{ ...COUNT, filter: { sampling: 0 } }], [0])],
    ['a rate that is no number', plan([{ ...COUNT, filter: { hitsPerSecond: NaN } }], [0])],
    ['a constant that is no bigint', capture([{ op: 'constant', value: 1 }], scalar(0))],
    ['a scalar of 16 bytes', capture([AX], scalar(0, 16))],
    ['memory of no bytes', capture([AX], { kind: 'memory', address: 0, size: 0 })],
    ['no readable bytes', capture([AX], { kind: 'readable', address: 0, capacity: 0 })],
    ['a string of no bytes', capture([AX], { kind: 'string', address: 0, capacity: 0 })],
    ['a record that is too large', capture([AX], { kind: 'memory', address: 0, size: 1 << 15 })],
    ['steps that a thread name has no use for', capture([AX], { kind: 'threadName' })],
    [
      'too many steps',
      capture(
        Array.from({ length: MAX_STEPS + 1 }, () => AX),
        scalar(0),
      ),
    ],
  ] satisfies [string, Plan][])
    it(`with ${what} is refused`, () => {
      assert.throws(() => {
        checkPlan(broken);
      }, InvalidPlan);
    });

  it(`with more than ${MAX_CAPTURES} captures is refused`, () => {
    const captures = Array.from({ length: MAX_CAPTURES + 1 }, (): Capture => REGISTER);
    assert.throws(
      () => {
        checkPlan(plan([record(...captures)], [0]));
      },
      (error) => error instanceof BackendError && error.failure.code === 'tooManyCaptures',
    );
  });
});
