import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKernelBackend } from '../../adapter/backend/kernelBackend';
import type { SiteCounts } from '../../adapter/backend/backend';
import { lowerCondition } from '../../adapter/capture/condition';
import type { CaptureProgram } from '../../adapter/capture/plan';
import { RECORD_HEADER_SIZE } from '../../adapter/capture/recordLayout';
import { lowerSite, type SiteCapture } from '../../adapter/capture/site';
import type { AddressContext } from '../../adapter/dwarf/scope';
import { parseExpression } from '../../adapter/expression/message';
import type { TypedExpression } from '../../adapter/expression/typed';
import { typeExpression } from '../../adapter/expression/typing';
import { compileReader } from '../../adapter/value/reader';
import type { RenderedValue } from '../../adapter/value/value';
import { isSame, isTrue, run } from '../unit/value/compiledExpressions';
import { initialValues, RandomExpressions } from '../unit/value/randomExpression';
import { contextAt } from '../unit/value/stopped';
import { needsKernel } from './available';
import { faultOf } from './recordFields';
import { siteAt } from './registersProgram';

const EXPRESSIONS = 1000;
/** Conditions that are captured as values; and those that programs have, which are more costly. */
const CONDITIONS = 1000;
const GATES = 60;
/** Of a program. */
const MESSAGE = 12;
const CONDITIONS_OF_A_RECORD = 40;
const LIMITS = { bytesPerHit: 16 << 10, stringBytes: 64 };

const typed = (text: string, context: AddressContext): TypedExpression =>
  typeExpression(parseExpression(text), context);
const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));

/** Runs the program once with a probe for each of the capture programs. @returns the one record of each that has captures, and all counts */
async function probed(
  path: string,
  programs: readonly CaptureProgram[],
): Promise<{ records: (DataView | undefined)[]; counts: SiteCounts[] }> {
  const backend = openKernelBackend();
  try {
    const site = siteAt(path, 'here');
    const sites = programs.map((_, program) => ({ ...site, program }));
    const installation = await backend.install({ path, buildId: undefined, pid: 0, sites, programs });
    execFileSync(path, { maxBuffer: 1 << 26 });
    await installation.detach();
    const records: (DataView | undefined)[] = programs.map(() => undefined);
    backend.drain((id, { buffer }, offset, size) => {
      records[installation.sites.indexOf(id)] = new DataView(
        buffer.slice(offset, offset + size) as ArrayBuffer,
      );
    });
    return { records, counts: installation.counts() };
  } finally {
    await backend.dispose();
  }
}

/** Of records that have scalars alone; undefined where one could not be worked out. */
const scalarOf = (record: DataView, capture: number): boolean | undefined =>
  faultOf(record, 0, capture) ? undefined : record.getUint8(RECORD_HEADER_SIZE + 8 * capture) !== 0;

/** Of one hit. */
function verdictOf({ delivered, filtered, conditionErrors }: SiteCounts): boolean | undefined {
  assert.equal(delivered + filtered + conditionErrors, 1);
  return conditionErrors ? undefined : delivered === 1;
}

describe('C expressions over a struct, by probes in a program that prints them itself,', function () {
  this.timeout(120_000);
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-arithmetic-'));
  before(needsKernel);
  after(() => {
    rmSync(directory, { recursive: true });
  });

  it(`are what it prints: ${EXPRESSIONS} random ones in messages, seed 21`, async () => {
    const random = new RandomExpressions(21);
    const texts = Array.from({ length: EXPRESSIONS }, () => random.expression(3));
    const { program, printed, code } = run(directory, texts, initialValues(random), 'gcc');
    const context = contextAt(program, code);
    const messages = chunks(texts, MESSAGE).map((some): SiteCapture =>
      lowerSite(
        some.map((text) => ({ text, typed: typed(text, context) })),
        context,
        LIMITS,
      ),
    );
    const { records } = await probed(
      program,
      messages.map((message) => message.program),
    );
    const ours = messages.flatMap((message, i): readonly RenderedValue[] =>
      compileReader(message)(records[i]!, 0),
    );
    const wrong = texts.flatMap((text, i) =>
      isSame(ours[i]!, printed[i]!) ? [] : [{ text, ours: ours[i], theirs: printed[i] }],
    );
    assert.deepEqual(wrong.slice(0, 5), []);
    const without = ours.filter((value) => 'unavailable' in value).length;
    assert.ok(without < EXPRESSIONS / 3, `${without} have no value`);
  });

  it(`hold where it says so: ${CONDITIONS} random conditions, seed 22`, async () => {
    const random = new RandomExpressions(22);
    const texts = Array.from({ length: 2 * CONDITIONS }, () => random.condition(3));
    const { program, printed, code } = run(directory, texts, initialValues(random), 'gcc');
    const context = contextAt(program, code);
    // Those that a probe can work out.
    const conditions = texts.flatMap((text, i) => {
      const capture = lowerCondition(typed(text, context), context);
      return 'steps' in capture ? [{ text, capture, theirs: printed[i]! }] : [];
    });
    assert.ok(conditions.length >= CONDITIONS, `${conditions.length}`);
    const captured = chunks(conditions.slice(0, CONDITIONS), CONDITIONS_OF_A_RECORD);
    const gating = conditions.slice(0, GATES);
    const { records, counts } = await probed(program, [
      ...captured.map((some) => ({ mode: 'record' as const, captures: some.map(({ capture }) => capture) })),
      ...gating.map(({ capture }) => ({ mode: 'count' as const, captures: [], condition: capture })),
    ]);

    const values = captured.flatMap((some, record) => some.map((_, i) => scalarOf(records[record]!, i)));
    const passed = counts.slice(captured.length).map(verdictOf);
    const check = (ours: readonly (boolean | undefined)[]): void => {
      const wrong = ours.flatMap((truth, i) => {
        const { text, theirs } = conditions[i]!;
        // What C leaves undefined has no value here, whatever a compiler makes of it.
        if (truth === undefined || (theirs !== 'trapped' && truth === isTrue(theirs))) return [];
        return [{ text, truth, theirs }];
      });
      assert.deepEqual(wrong.slice(0, 5), []);
      for (const truth of [true, false])
        assert.ok(ours.filter((one) => one === truth).length > ours.length / 10);
      assert.ok(ours.filter((truth) => truth === undefined).length < ours.length / 4);
    };
    check(values);
    check(passed);
    assert.deepEqual(passed, values.slice(0, GATES));
  });
});
