/** Random programs as the interpreter runs them, and as the kernel does. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { disassemble } from '../../adapter/bpf/disassembler';
import { RingBuffer } from '../../adapter/bpf/ringBuffer';
import { STACK_SIZE } from '../../adapter/bpf/opcode';
import { formatCapture } from '../../adapter/capture/listing';
import type { CaptureProgram } from '../../adapter/capture/plan';
import { layoutRecord, RECORD_HEADER, type RecordLayout } from '../../adapter/capture/recordLayout';
import { linux } from '../../adapter/sys/linux';
import { HitInterpreter, type Verdict } from '../unit/capture/hitInterpreter';
import { memory, record, type Target } from '../unit/capture/interpreter';
import { THREAD_NAME } from './randomCaptures';
import { hitAt, programOf } from './randomPrograms';
import { faultOf, fieldOf } from './recordFields';
import { AREA, areaBytes, LAZY } from './registersProgram';
import { LAST, runPrograms, type Ran, type Scene } from './testRun';
import { TypedCaptures } from './typedCaptures';

/** What has been compared. */
export interface Tally {
  /** Captures, conditions, and what is to change. */
  expressions: number;
  programs: number;
  /** Programs that were too slow for their rate to be foretold. */
  slow: number;
  hits: number;
  fields: number;
  faults: number;
  readonly verdicts: Record<Verdict | 'lost', number>;
  /** Of the programs' code. */
  readonly helpers: Set<string>;
  deepestStack: number;
}

export const emptyTally = (): Tally => ({
  expressions: 0,
  programs: 0,
  slow: 0,
  hits: 0,
  fields: 0,
  faults: 0,
  verdicts: { delivered: 0, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
  helpers: new Set(),
  deepestStack: 0,
});

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
  private readonly program = programOf(this.typed);
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
  randomPrograms(seed: number): CaptureProgram[] {
    return fc.sample(this.program, { numRuns: PROGRAMS, seed });
  }

  /** Runs programs on random hits. @throws Error that names the first difference */
  compare(programs: readonly CaptureProgram[], seed: number, tally: Tally): void {
    const scene = this.scene(seed);
    const { pid, tid, ran } = runPrograms(programs, scene);
    const read = memory(...scene.regions);
    const targets = scene.hits.map((registers): Target => ({
      registers,
      loadBias: registers.ip! - BigInt(scene.address),
      threadPointer: scene.threadPointer,
      hit: { comm: scene.threadName, pid: BigInt(pid), tid: BigInt(tid), cpu: BigInt(scene.cpu) },
      read,
    }));
    const ring = new RingSpace(scene.ring === this.rings.small ? SMALL_RING : LARGE_RING);
    programs.forEach((program, site) => {
      const header = { site, pid, tid, cpu: scene.cpu };
      const comparison = new Comparison(program, ran[site]!, targets, header, ring, tally);
      try {
        comparison.run();
      } catch (error) {
        if (!(error instanceof assert.AssertionError)) throw error;
        throw new Error(`seed ${seed}, program ${site}: ${error.message}\n${gates(program)}`, {
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
      cpu: linux().possibleCpus() - 1,
      address,
      ring: seed % 8 === 0 ? this.rings.small : this.rings.large,
      hits,
    };
  }
}

/** What room there is in a ring that nobody drains: records have a header, and it is never quite full. */
class RingSpace {
  private used = 0;
  constructor(private readonly size: number) {}

  reserve(bytes: number): boolean {
    const wanted = Math.ceil((bytes + 8) / 8) * 8;
    const fits = this.used + wanted < this.size;
    if (fits) this.used += wanted;
    return fits;
  }
}

/** What decides about a program's hits, as text. */
const gates = ({ mode, condition, filter }: CaptureProgram): string =>
  [
    mode,
    ...(condition ? [`condition:\n${formatCapture(condition)}`] : []),
    ...(filter?.changed ? [`changed:\n${formatCapture(filter.changed)}`] : []),
    inspect({ ...filter, changed: undefined }),
  ].join('\n');

type Header = Readonly<Record<'site' | 'pid' | 'tid' | 'cpu', number>>;

/** Of a program. */
class Comparison {
  private readonly layout: RecordLayout;
  private readonly interpreter: HitInterpreter;
  private readonly counts = { hits: 0, delivered: 0, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 };
  private lastTime = 0n;

  constructor(
    private readonly program: CaptureProgram,
    private readonly ran: Ran,
    private readonly targets: readonly Target[],
    private readonly header: Header,
    private readonly ring: RingSpace,
    private readonly tally: Tally,
  ) {
    this.layout = layoutRecord(program.captures);
    this.interpreter = new HitInterpreter(program, LAST);
  }

  run(): void {
    this.checkCode();
    if (this.dependsOnTime()) {
      for (const { byteLength } of this.ran.records) assert.ok(this.ring.reserve(byteLength));
      this.tally.slow++;
      return;
    }
    for (const target of this.targets) this.hit(target);
    assert.equal(this.ran.records.length, this.program.mode === 'record' ? this.counts.delivered : 0);
    assert.deepEqual(this.ran.counts, this.counts);
    const { captures, condition, filter = {} } = this.program;
    const { state, interpreter } = { state: this.ran.state, interpreter: this.interpreter };
    // Nobody counts ordinals that are not asked for.
    if (filter.ordinal) assert.equal(state.ordinal, interpreter.ordinal);
    const { last, samples, passed } = interpreter;
    assert.deepEqual(
      { last: state.last, samples: state.samples, passed: state.passed },
      { last, samples, passed },
    );
    this.tally.expressions +=
      captures.length + Number(condition !== undefined) + Number(filter.changed !== undefined);
    this.tally.programs++;
  }

  /** Did the hits take so long that the bucket got another token? */
  private dependsOnTime(): boolean {
    const { hitsPerSecond = Infinity } = this.program.filter ?? {};
    return hitsPerSecond < this.targets.length && this.ran.elapsed >= BigInt(1e9 / hitsPerSecond);
  }

  private hit(target: Target): void {
    const verdict = this.interpreter.hit(target);
    const recorded = verdict === 'delivered' && this.program.mode === 'record';
    const lost = recorded && !this.ring.reserve(this.layout.size);
    if (lost) this.interpreter.lose();
    const fate = lost ? 'lost' : verdict;
    if (recorded && !lost) this.compareRecord(target);
    this.counts.hits++;
    this.counts[fate]++;
    this.tally.hits++;
    this.tally.verdicts[fate]++;
  }

  private compareRecord(target: Target): void {
    const { captures } = this.program;
    const ours = this.ran.records[this.counts.delivered];
    assert.ok(ours, `no record of hit ${target.registers.flags}`);
    const hit = { ...target.hit, ordinal: this.interpreter.ordinal };
    const theirs = record(captures, { ...target, hit });
    captures.forEach((capture, i) => {
      const what = `hit ${target.registers.flags}, capture ${i}\n${formatCapture(capture)}\n${inspect(target)}`;
      assert.equal(
        fieldOf(ours, 0, this.layout, i),
        fieldOf(theirs.view, theirs.offset, this.layout, i),
        what,
      );
      const fault = faultOf(ours, 0, i);
      assert.equal(fault, faultOf(theirs.view, theirs.offset, i), what);
      this.tally.fields++;
      if (fault) this.tally.faults++;
    });
    this.compareHeader(ours);
  }

  private compareHeader(ours: DataView): void {
    const { site, pid, tid, cpu, sequence, time } = RECORD_HEADER;
    const word = ({ offset }: { offset: number }): number => ours.getUint32(offset, true);
    assert.deepEqual({ site: word(site), pid: word(pid), tid: word(tid), cpu: word(cpu) }, this.header);
    assert.equal(ours.getBigUint64(sequence.offset, true), BigInt(this.counts.delivered));
    const at = ours.getBigUint64(time.offset, true);
    assert.ok(at > this.lastTime);
    this.lastTime = at;
  }

  private checkCode(): void {
    let before = '';
    for (const { text } of disassemble(this.ran.code)) {
      const helper = /^call (\w+)/.exec(text)?.[1];
      if (helper !== undefined) this.tally.helpers.add(helper);
      const buffer = before.endsWith(' = r10') ? /^r\d \+= -(\d+)/.exec(text) : null;
      const depth = Number((/\[r10 - (\d+)/.exec(text) ?? buffer)?.[1] ?? 0);
      assert.ok(depth <= STACK_SIZE, text);
      this.tally.deepestStack = Math.max(this.tally.deepestStack, depth);
      before = text;
    }
  }
}
