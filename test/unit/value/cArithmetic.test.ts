import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Register } from '../../../adapter/x86/register';
import { contextAt, truthAt, valuesAt } from './stopped';
import { isSame, isTrue, run, type Run } from './compiledExpressions';
import type { Stop } from './gdb';
import { RandomExpressions, initialValues } from './randomExpression';

/** Memory has these bytes alone. */
function stopWith({ address, bytes }: Run): Stop {
  const read = (from: bigint, size: number): Uint8Array | undefined => {
    const offset = Number(from - address);
    return offset >= 0 && offset + size <= bytes.length ? bytes.subarray(offset, offset + size) : undefined;
  };
  return { registers, loadBias: 0n, read } as Partial<Stop> as Stop;
}

const registers = new Proxy({} as Record<Register, bigint>, { get: () => 0n });

describe('Arithmetic in messages is what the C compiler makes of it', function () {
  this.timeout(120_000);
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-arithmetic-'));
  after(() => {
    rmSync(directory, { recursive: true });
  });

  for (const [compiler, seed] of [
    ['gcc', 1],
    ['gcc', 2],
    ['clang', 3],
  ] as const)
    // prettier-ignore
    it(`for random expressions over a struct, ${compiler}, seed ${seed}`, () => {
      const random = new RandomExpressions(seed);
      const texts = Array.from({ length: 2000 }, () => random.expression(4));
      const compiled = run(directory, texts, initialValues(random), compiler);
      const { program, printed, code } = compiled;
      const target = stopWith(compiled);
      const ours = valuesAt(target, contextAt(program, code), texts);
      const wrong = texts.flatMap((text, i) => {
        const value = ours.get(text)!;
        return isSame(value, printed[i]!) ? [] : [{ text, ours: value, theirs: printed[i] }];
      });
      assert.deepEqual(wrong.slice(0, 5), []);
      const undefinedOnes = [...ours.values()].filter((value) => 'unavailable' in value).length;
      assert.ok(undefinedOnes < texts.length / 3, `${undefinedOnes} have no value`);
    });
});

describe('Conditions hold where the C compiler says so', function () {
  this.timeout(120_000);
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-conditions-'));
  after(() => {
    rmSync(directory, { recursive: true });
  });

  for (const [compiler, seed] of [
    ['gcc', 11],
    ['clang', 12],
  ] as const)
    it(`for random expressions over a struct, ${compiler}, seed ${seed}`, () => {
      const random = new RandomExpressions(seed);
      const texts = Array.from({ length: 2000 }, () => random.condition(4));
      const compiled = run(directory, texts, initialValues(random), compiler);
      const { program, printed, code } = compiled;
      const target = stopWith(compiled);
      const context = contextAt(program, code);
      const ours = texts.map((text) => truthAt(target, context, text));
      const wrong = texts.flatMap((text, i) => {
        const [truth, theirs] = [ours[i], printed[i]!];
        // What C leaves undefined has no value here, whatever a compiler makes of it.
        if (truth === 'refused' || truth === undefined) return [];
        return theirs !== 'trapped' && truth === isTrue(theirs) ? [] : [{ text, truth, theirs }];
      });
      assert.deepEqual(wrong.slice(0, 5), []);
      const refused = ours.filter((truth) => truth === 'refused').length;
      const failed = ours.filter((truth) => truth === undefined).length;
      assert.ok(refused < texts.length / 2, `${refused} are refused`);
      assert.ok(failed < texts.length / 4, `${failed} have no value`);
      assert.ok(ours.filter((truth) => truth === true).length > texts.length / 10);
      assert.ok(ours.filter((truth) => truth === false).length > texts.length / 10);
    });
});
