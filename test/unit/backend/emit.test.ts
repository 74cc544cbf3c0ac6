import assert from 'node:assert/strict';
import { assemble } from '../../../adapter/bpf/assembler';
import { disassemble, formatLine } from '../../../adapter/bpf/disassembler';
import { BackendError } from '../../../adapter/backend/backend';
import { emit, MAPS, type EmitContext } from '../../../adapter/backend/emit';
import type { Capture, Step } from '../../../adapter/capture/ir';
import type { CaptureProgram } from '../../../adapter/capture/plan';
import { MAX_CAPTURES } from '../../../adapter/capture/recordLayout';
import { virtualAddress } from '../../../adapter/elf/address';
import { assertGolden } from '../capture/golden';
import {
  BOTH,
  COUNT,
  COUNTED,
  FIELD,
  FIELDS,
  GLOBAL,
  GUARDED,
  MEMORY,
  NAMED,
  record,
  REGISTER,
  STRING,
  THREAD_LOCAL,
  THREAD_NAMED,
  WIDE_STRING,
} from './plans';

const DESCRIPTORS = {
  [MAPS.counters]: 3,
  [MAPS.records]: 4,
  [MAPS.addresses]: 5,
  [MAPS.role]: 6,
  [MAPS.notes]: 7,
  [MAPS.filter]: 8,
};
const MANY_SITES: EmitContext = {
  firstSite: 100,
  stride: 7,
  only: undefined,
  threadPointer: 0x1528,
};
/** Of a user, and of a program whose inode is there. */
const SCOPE = {
  user: { uid: 1000, way: [2400, 1200] },
  program: { inode: 0xffff_8881_0203_0405n, way: [2400, 1000, 32] },
};
const ONE_SITE: EmitContext = {
  ...MANY_SITES,
  firstSite: 0,
  stride: 1,
  only: { site: 0, address: virtualAddress(0x40_1136) },
};

/** The number of the hit, and who hits. */
const SPECIALS = (['ordinal', 'pid', 'tid', 'cpu', 'time'] as const).map((name): Capture => ({
  steps: [{ op: 'special', name }],
  output: { kind: 'scalar', value: 0, size: 8 },
}));

function listing(program: CaptureProgram, context: EmitContext): string {
  const lines = disassemble(assemble(emit(program, context), DESCRIPTORS));
  return lines.map((line) => `${formatLine(line)}\n`).join('');
}

describe('the programs of', () => {
  for (const [name, program, context] of [
    ['count', COUNT, MANY_SITES],
    ['no captures', record(), ONE_SITE],
    ['a register', record(REGISTER), ONE_SITE],
    ['a field', record(FIELD), ONE_SITE],
    ['fields that are read in one', record(...FIELDS), ONE_SITE],
    ['a string', record(STRING), ONE_SITE],
    ['a string of wide characters', record(WIDE_STRING), ONE_SITE],
    ['memory', record(MEMORY), ONE_SITE],
    ['counted bytes', record(COUNTED), ONE_SITE],
    ['a global at one site', record(GLOBAL), ONE_SITE],
    ['a thread-local', record(THREAD_LOCAL, THREAD_LOCAL), ONE_SITE],
    ['a global at many sites', record(GLOBAL), MANY_SITES],
    ['a thread name', record({ steps: [], output: { kind: 'threadName' } }), ONE_SITE],
    ['a guarded load', record(GUARDED), ONE_SITE],
    ['a test of a string', record(NAMED), ONE_SITE],
    ['a test of a thread name', record(THREAD_NAMED), ONE_SITE],
    ['specials', record(...SPECIALS), ONE_SITE],
    ['a condition', { ...COUNT, condition: BOTH }, ONE_SITE],
    ['when changed', { ...COUNT, filter: { changed: FIELD } }, ONE_SITE],
    ['the hits after ten', { ...COUNT, filter: { ordinal: { operator: '>', value: 10 } } }, ONE_SITE],
    ['every tenth hit', { ...COUNT, filter: { ordinal: { operator: '%', value: 10 } } }, ONE_SITE],
    ['a sample', { ...COUNT, filter: { sampling: 3 } }, ONE_SITE],
    ['a rate', { ...COUNT, filter: { hitsPerSecond: 1000 } }, ONE_SITE],
    ['the first ten hits', { ...record(REGISTER), filter: { maxHits: 10 } }, ONE_SITE],
    ['an edition', COUNT, { ...ONE_SITE, edition: { tracepoint: 3, number: 7 } }],
    ['some processes', COUNT, { ...ONE_SITE, scope: SCOPE }],
    [
      'an edition of some processes',
      COUNT,
      { ...ONE_SITE, scope: SCOPE, edition: { tracepoint: 3, number: 7 } },
    ],
  ] as const)
    it(name, () => {
      assertGolden(`bpf/${name.replaceAll(' ', '-')}.txt`, listing(program, context));
    });
});

/** A capture that needs `depth` values at once: a sum from the right. */
function deep(depth: number): Capture {
  const steps: Step[] = [{ op: 'register', register: 'ax' }];
  for (let i = 0; i < depth; i++) steps.push({ op: 'neg', operand: i });
  for (let i = 0; i < depth; i++) steps.push({ op: 'add', left: depth - i, right: steps.length - 1 });
  return { steps, output: { kind: 'scalar', value: steps.length - 1, size: 8 } };
}

describe('the stack', () => {
  it(`holds the results of ${MAX_CAPTURES} captures that load`, () => {
    emit(record(...Array.from({ length: MAX_CAPTURES }, () => STRING)), MANY_SITES);
  });

  it('is reused from capture to capture', () => {
    emit(record(...Array.from({ length: 20 }, () => deep(30))), ONE_SITE);
  });

  it('that is too small for a capture says how many fit', () => {
    assert.throws(
      () => emit(record(REGISTER, FIELD, deep(70)), ONE_SITE),
      (error) => {
        assert.ok(error instanceof BackendError);
        assert.deepEqual(error.failure, { code: 'tooManyCaptures', limit: 2 });
        return true;
      },
    );
  });
});
