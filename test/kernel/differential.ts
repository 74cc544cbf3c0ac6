/** Random programs as the interpreter runs them, and as the kernel does. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { RingBuffer } from '../../adapter/bpf/ringBuffer';
import { formatCapture } from '../../adapter/capture/listing';
import { linux } from '../../adapter/sys/linux';
import { EditionNotes } from '../unit/capture/hitInterpreter';
import { memory, type Target } from '../unit/capture/interpreter';
import { Comparison, RingSpace, type Tally } from './comparison';
import { THREAD_NAME } from './randomCaptures';
import { hitAt, trialOf } from './randomPrograms';
import { AREA, areaBytes, LAZY } from './registersProgram';
import { runPrograms, type Scene, type Trial } from './testRun';
import { TypedCaptures } from './typedCaptures';

/** One is soon full. */
const [SMALL_RING, LARGE_RING] = [64 << 10, 1 << 20];
const PROGRAMS = 40;
/** Of each program: as many as it takes for filters to do something, at four biases. */
const HITS = 12;
const BIASES = [0n, 0x1234_5000_0000n, 0x2345_6000_0000n, 0x7654_3000_0000n];
/** Not even the last byte is a NUL. */
const openArea = Buffer.concat([areaBytes.subarray(0, -1), Buffer.of(1)]);
/** So long that what begins in its first pages may go over three. */
const lazyArea = Buffer.concat([areaBytes, areaBytes]);
/** Ends of memory. */
export const ENDS = [AREA + BigInt(openArea.length), LAZY + BigInt(lazyArea.length)];
const THREAD_POINTER = AREA + 0x800n;

export class Differential {
  private readonly typed = TypedCaptures.compile();
  private readonly trial = trialOf(this.typed);
  /** They are used again and again, so that records come to lie where others have been. */
  private readonly rings = {
    small: RingBuffer.create(linux(), SMALL_RING),
    large: RingBuffer.create(linux(), LARGE_RING),
  };

  /** It is closed afterwards. */
  static use(compare: (differential: Differential) => void): void {
    const differential = new Differential();
    try {
      compare(differential);
    } finally {
      differential.close();
    }
  }

  /** The same seed makes the same. */
  randomTrials(seed: number): Trial[] {
    return fc.sample(this.trial, { numRuns: PROGRAMS, seed });
  }

  /** Runs programs on random hits. @throws Error that names the first difference */
  compare(trials: readonly Trial[], seed: number, tally: Tally): void {
    const scene = this.scene(seed);
    const { pid, tid, cpu, ran } = runPrograms(trials, scene);
    const read = memory(...scene.regions);
    const targets = scene.hits.map((registers): Target => ({
      registers,
      loadBias: registers.ip! - BigInt(scene.address),
      threadPointer: scene.threadPointer,
      hit: { comm: scene.threadName, pid: BigInt(pid), tid: BigInt(tid), cpu: BigInt(cpu) },
      read,
    }));
    const shared = {
      ring: new RingSpace(scene.ring === this.rings.small ? SMALL_RING : LARGE_RING),
      notes: new EditionNotes(),
      tally,
    };
    trials.forEach((trial, site) => {
      const comparison = new Comparison(trial, ran[site]!, targets, { site, pid, tid, cpu }, shared);
      try {
        comparison.run();
      } catch (error) {
        if (!(error instanceof assert.AssertionError)) throw error;
        throw new Error(`seed ${seed}, program ${site}: ${error.message}\n${gates(trial)}`, {
          cause: error,
        });
      }
    });
  }

  private close(): void {
    this.rings.small.close();
    this.rings.large.close();
  }

  private scene(seed: number): Scene {
    const { address } = this.typed;
    const images = BIASES.map((bias, i) => {
      const [random] = fc.sample(fc.uint8Array({ minLength: 97, maxLength: 97 }), {
        numRuns: 1,
        seed: seed + i,
      });
      return this.typed.image(bias, random!);
    });
    const hits = Array.from({ length: HITS }, (_, i) => {
      const ip = BigInt(address) + BIASES[i % BIASES.length]!;
      return fc.sample(hitAt(i, ip), { numRuns: 1, seed: seed + i })[0]!;
    });
    return {
      regions: [
        { at: AREA, bytes: openArea, lazy: false },
        { at: LAZY, bytes: lazyArea, lazy: true },
        ...images.map((image, i) => ({ ...image, lazy: i % 2 === 1 })),
      ],
      threadPointer: THREAD_POINTER,
      threadName: THREAD_NAME,
      address,
      ring: seed % 8 === 0 ? this.rings.small : this.rings.large,
      hits,
    };
  }
}

/** What decides about a program's hits, as text. */
const gates = ({ program: { mode, condition, filter }, edition }: Trial): string =>
  [
    mode,
    ...(condition ? [`condition:\n${formatCapture(condition)}`] : []),
    ...(filter?.changed ? [`changed:\n${formatCapture(filter.changed)}`] : []),
    inspect({ ...filter, changed: undefined, edition }, { depth: 3 }),
  ].join('\n');
