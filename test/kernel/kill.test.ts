import assert from 'node:assert/strict';
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execFileSync } from 'node:child_process';
import { fixture, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { Target, Tracing } from './sourcetap';

const WORK = `loop.c:${String(probeLine('loop.c', 'work'))}`;
const LINKED = `loop.c:${String(probeLine('loop.c', 'linked'))}`;
const ROUNDS = 50;

/** The executable mapping of a program as the process has it, and as its file has it. */
function text(pid: number, program: string): { inMemory: Buffer; onDisk: Buffer } {
  const maps = readFileSync(`/proc/${String(pid)}/maps`, 'latin1').split('\n');
  const match = /^([0-9a-f]+)-([0-9a-f]+) r-xp ([0-9a-f]+)/.exec(
    maps.find((line) => line.includes('r-xp') && line.endsWith(program))!,
  )!;
  const [start, end, offset] = match.slice(1).map((hex) => parseInt(hex, 16)) as [number, number, number];
  const inMemory = Buffer.alloc(end - start);
  const memory = openSync(`/proc/${String(pid)}/mem`, 'r');
  readSync(memory, inMemory, 0, inMemory.length, start);
  closeSync(memory);
  const onDisk = Buffer.alloc(inMemory.length);
  readFileSync(program).copy(onDisk, 0, offset, offset + onDisk.length);
  return { inMemory, onDisk };
}

describe('a tracer that is killed', function () {
  before(needsKernel);

  it(`leaves the target's text and output as they were, ${String(ROUNDS)} times at random moments`, async function () {
    this.timeout(180_000);
    const program = fixture('loop.c', { compiler: 'gcc', flags: ['-O2'] });
    const expected = execFileSync(program, ['4000', '1'], { encoding: 'utf8' });
    let patched = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const target = new Target(program, '4000', '1', 'wait');
      await target.printed(/ready/);
      const tracing = new Tracing(WORK, LINKED, '--pid', String(target.pid));
      // Half of the kills fall into start-up and arming, half into the flow of hits.
      if (round % 2 === 0) {
        await sleep(Math.random() * 250);
      } else {
        await tracing.armed(2);
        const { inMemory, onDisk } = text(target.pid, program);
        if (!inMemory.equals(onDisk)) patched++;
        target.go();
        await sleep(Math.random() * 60);
      }
      tracing.process.kill('SIGKILL');
      await tracing.end().catch(() => undefined);
      if (round % 2 === 0) {
        const { inMemory, onDisk } = text(target.pid, program);
        assert.ok(inMemory.equals(onDisk), `round ${String(round)}: text is restored`);
        target.go();
      } else if (target.process.exitCode === null) {
        try {
          const { inMemory, onDisk } = text(target.pid, program);
          assert.ok(inMemory.equals(onDisk), `round ${String(round)}: text is restored`);
        } catch (error) {
          if (error instanceof assert.AssertionError) throw error; // else: the target has just ended
        }
      }
      assert.equal(
        (await target.end()).replace(/ready \d+\n/, ''),
        expected,
        `round ${String(round)}: same output`,
      );
    }
    assert.equal(patched, ROUNDS / 2, 'probes were really in when they should be');
  });
});
