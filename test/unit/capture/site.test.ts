import assert from 'node:assert/strict';
import type { CaptureLimits, CaptureSource } from '../../../adapter/capture/captured';
import {
  capacityOf,
  layoutRecord,
  MAX_CAPTURES,
  RECORD_HEADER_SIZE,
} from '../../../adapter/capture/recordLayout';
import { lowerSite, type SiteCapture } from '../../../adapter/capture/site';
import type { Type } from '../../../adapter/dwarf/type';
import { parseExpression } from '../../../adapter/expression/message';
import { typeExpression } from '../../../adapter/expression/typing';
import {
  array,
  char,
  context,
  inFrame,
  inRegister,
  int,
  long,
  member,
  node,
  optimisedOut,
  pointer,
  struct,
  variable,
} from '../expression/types';

const LIMITS: CaptureLimits = { bytesPerHit: 1024, stringBytes: 128 };

/** A snapshot of variables `v0`, `v1` ... of these types. */
function snapshot(types: readonly Type[], limits: CaptureLimits): SiteCapture {
  const variables = types.map((type, i) => variable(`v${String(i)}`, type, inFrame(-64 * i)));
  return lowerSite(
    variables.map((each) => ({ variable: each })),
    context(variables),
    limits,
  );
}

/** How much of each is captured: bytes of the memory or string, 8 for a scalar. */
const extents = (site: SiteCapture): (number | string)[] =>
  site.expressions.map(({ source }) =>
    source.kind === 'captured'
      ? extent(source)
      : source.kind === 'unavailable'
        ? source.reason.code
        : 'constant',
  );

function extent({ captures }: Extract<CaptureSource, { kind: 'captured' }>): number {
  const { output } = captures.at(-1)!;
  return capacityOf(output);
}

const recordSize = (site: SiteCapture): number => layoutRecord(site.program.captures).size;

describe('the record of a site', () => {
  it('holds each expression; equal ones share their captures', () => {
    const p = variable('p', pointer(node), inRegister(5));
    const here = context([p, variable('gone', int, optimisedOut)]);
    const texts = ['p->id', 'p->name', 'gone', 'p->id'];
    const site = lowerSite(
      texts.map((text) => ({ text, typed: typeExpression(parseExpression(text), here) })),
      here,
      LIMITS,
    );
    assert.deepEqual(
      site.expressions.map(({ text }) => text),
      texts,
    );
    assert.deepEqual(site.indices, [[0], [1, 2], [], [0]]);
    assert.equal(site.program.mode, 'record');
    assert.deepEqual(
      site.program.captures.map(({ output }) => output.kind),
      ['scalar', 'scalar', 'string'],
    );
  });

  it('keeps to bytesPerHit, and no one takes the room of the others', () => {
    const site = snapshot([array(char, 4096), int, pointer(char), node, array(int, 4096)], LIMITS);
    assert.deepEqual(extents(site), [320, 4, 128, 40, 320]);
    assert.ok(recordSize(site) <= LIMITS.bytesPerHit);
    assert.equal(
      site.expressions[0]!.source.kind === 'captured' && site.expressions[0]!.source.omitted,
      4096 - 320,
    );
  });

  it('cuts nothing when all fits', () => {
    assert.deepEqual(
      extents(snapshot([array(char, 500), pointer(char), array(int, 80)], LIMITS)),
      [500, 128, 320],
    );
  });

  it('cuts strings too', () => {
    const site = snapshot([pointer(char), pointer(char), pointer(char), pointer(char)], {
      bytesPerHit: RECORD_HEADER_SIZE + 224,
      stringBytes: 128,
    });
    assert.deepEqual(extents(site), [40, 40, 40, 40]);
    assert.ok(recordSize(site) <= RECORD_HEADER_SIZE + 224);
  });

  it('says overBudget of what has no room, in order', () => {
    const site = snapshot([long, long, pointer(char), long, node], {
      bytesPerHit: RECORD_HEADER_SIZE + 24,
      stringBytes: 128,
    });
    assert.deepEqual(extents(site), [8, 8, 'overBudget', 8, 'overBudget']);
    assert.equal(recordSize(site), RECORD_HEADER_SIZE + 24);
    assert.deepEqual(extents(snapshot([long], { bytesPerHit: 8, stringBytes: 128 })), ['overBudget']);
  });

  it('has at most MAX_CAPTURES captures', () => {
    const site = snapshot(Array<Type>(MAX_CAPTURES + 2).fill(int), LIMITS);
    assert.equal(site.program.captures.length, MAX_CAPTURES);
    assert.deepEqual(extents(site).slice(-3), [4, 'overBudget', 'overBudget']);
  });

  it('is nothing but its header for a tracepoint without expressions', () => {
    assert.deepEqual(snapshot([], LIMITS), {
      expressions: [],
      program: { captures: [], mode: 'record' },
      indices: [],
      loadBias: undefined,
    });
  });

  it('knows where its module is, if addresses are shown', () => {
    const pointers = snapshot([pointer(int), struct('holder', 8, [member('p', 0, pointer(int))])], LIMITS);
    const { loadBias, program } = pointers;
    assert.deepEqual(program.captures[loadBias!]?.steps, [{ op: 'loadBias' }]);
    assert.equal(snapshot([int, pointer(char), array(char, 4)], LIMITS).loadBias, undefined);
  });
});
