/**
 * The table of what may carry a probe against the running kernel: every instruction that we allow runs under a probe, does
 * what it does without, and is counted exactly.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { everyEncoding } from '../fixtures/x86/encodings';
import { INSTRUCTIONS, type InstructionRow } from '../fixtures/x86/instructions';
import { snippets } from '../fixtures/x86/snippets';
import { needsKernel } from './available';
import { runProbed } from './x86Probes';

const RUNS = 3;

/** Of each snippet: its checksum, or the signal it was given. */
function results(output: string): Map<string, string> {
  const lines = [...output.matchAll(/^(s\d+) (.*)$/gm)];
  return new Map(lines.map(([, name, result]) => [name!, result!]));
}

/** A snippet that is given a signal runs once. */
const runsOf = (result: string): number => (result.startsWith('signal') ? 1 : RUNS);

/** Runs the rows without and with a probe on each, and compares results and counts. */
async function compare(rows: readonly InstructionRow[]): Promise<void> {
  const { program, snippets: all } = snippets(rows);
  const expected = results(execFileSync(program.path, [String(RUNS)], { encoding: 'utf8' }));
  assert.equal(expected.size, rows.length);
  const addresses = all.map(({ address }) => address);
  const { output, hits } = await runProbed(program, [String(RUNS), 'wait'], addresses);
  const probed = results(output);
  assert.deepEqual(
    all.map(({ name, row }, i) => [row.code, probed.get(name), hits[i]]),
    all.map(({ name, row }) => [row.code, expected.get(name), runsOf(expected.get(name)!)]),
  );
}

describe('probes on every class of instruction', function () {
  before(needsKernel);

  it('change nothing and count exactly, in their usual surroundings', async () => {
    await compare(INSTRUCTIONS.filter(({ verdict }) => verdict === 'here'));
  });

  it('change nothing and count exactly, on every allowed encoding that can run alone', async () => {
    await compare(everyEncoding().filter(({ runs }) => runs));
  });

  it('are accepted by the kernel on every allowed encoding', async () => {
    const { program, snippets: all } = snippets(everyEncoding());
    const addresses = all.map(({ address }) => address);
    const { hits } = await runProbed(program, ['0', 'wait'], addresses);
    assert.equal(hits.length, all.length);
  });
});
