/** What the kernel has made of a program's hits, and what the interpreter makes of them. */
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { disassemble } from '../../adapter/bpf/disassembler';
import { STACK_SIZE } from '../../adapter/bpf/opcode';
import { formatCapture } from '../../adapter/capture/listing';
import type { CaptureProgram } from '../../adapter/capture/plan';
import { layoutRecord, RECORD_HEADER, type RecordLayout } from '../../adapter/capture/recordLayout';
import { HitInterpreter, type EditionNotes, type Verdict } from '../unit/capture/hitInterpreter';
import { record, type Target } from '../unit/capture/interpreter';
import { faultOf, fieldOf } from './recordFields';
import { LAST, type Ran, type Trial } from './testRun';

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

/** What room there is in a ring that nobody drains: records have a header, and it is never quite full. */
export class RingSpace {
  private used = 0;
  constructor(private readonly size: number) {}

  reserve(bytes: number): boolean {
    const wanted = Math.ceil((bytes + 8) / 8) * 8;
    const fits = this.used + wanted < this.size;
    if (fits) this.used += wanted;
    return fits;
  }
}

type Header = Readonly<Record<'site' | 'pid' | 'tid' | 'cpu', number>>;

/** Of all trials. */
export interface Shared {
  readonly ring: RingSpace;
  readonly notes: EditionNotes;
  readonly tally: Tally;
}

/** Of a trial. */
export class Comparison {
  private readonly layout: RecordLayout;
  private readonly interpreter: HitInterpreter;
  private readonly counts = { hits: 0, delivered: 0, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 };
  private lastTime = 0n;
  private readonly program: CaptureProgram;

  constructor(
    private readonly trial: Trial,
    private readonly ran: Ran,
    private readonly targets: readonly Target[],
    private readonly header: Header,
    private readonly shared: Shared,
  ) {
    this.program = trial.program;
    this.layout = layoutRecord(this.program.captures);
    this.interpreter = new HitInterpreter(this.program, LAST);
  }

  run(): void {
    this.checkCode();
    if (this.dependsOnTime()) {
      for (const { byteLength } of this.ran.records) assert.ok(this.shared.ring.reserve(byteLength));
      for (const target of this.targets) this.isTaken(target);
      this.shared.tally.slow++;
      return;
    }
    for (const target of this.targets) this.hit(target);
    assert.equal(this.ran.records.length, this.program.mode === 'record' ? this.counts.delivered : 0);
    assert.deepEqual(this.ran.counts, this.counts);
    const { captures, condition, filter = {} } = this.program;
    const { state } = this.ran;
    const { ordinal, last, samples, passed } = this.interpreter;
    assert.equal(state.last, last);
    assert.equal(state.samples, samples);
    assert.equal(state.passed, passed);
    // Nobody counts ordinals that are not asked for.
    if (filter.ordinal) assert.equal(state.ordinal, ordinal);
    this.shared.tally.expressions +=
      captures.length + Number(condition !== undefined) + Number(filter.changed !== undefined);
    this.shared.tally.programs++;
  }

  /** Did the hits take so long that the bucket got another token? */
  private dependsOnTime(): boolean {
    const { hitsPerSecond = Infinity } = this.program.filter ?? {};
    return hitsPerSecond < this.targets.length && this.ran.elapsed >= BigInt(1e9 / hitsPerSecond);
  }

  private isTaken({ registers }: Target): boolean {
    const { edition } = this.trial;
    return edition === undefined || this.shared.notes.take(edition, registers.ip!);
  }

  private hit(target: Target): void {
    if (!this.isTaken(target)) return;
    const verdict = this.interpreter.hit(target);
    const recorded = verdict === 'delivered' && this.program.mode === 'record';
    const lost = recorded && !this.shared.ring.reserve(this.layout.size);
    if (lost) this.interpreter.lose();
    const fate = lost ? 'lost' : verdict;
    if (recorded && !lost) this.compareRecord(target);
    this.counts.hits++;
    this.counts[fate]++;
    this.shared.tally.hits++;
    this.shared.tally.verdicts[fate]++;
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
      this.shared.tally.fields++;
      if (fault) this.shared.tally.faults++;
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
      if (helper !== undefined) this.shared.tally.helpers.add(helper);
      const buffer = before.endsWith(' = r10') ? /^r\d \+= -(\d+)/.exec(text) : null;
      const depth = Number((/\[r10 - (\d+)/.exec(text) ?? buffer)?.[1] ?? 0);
      assert.ok(depth <= STACK_SIZE, text);
      this.shared.tally.deepestStack = Math.max(this.shared.tally.deepestStack, depth);
      before = text;
    }
  }
}
