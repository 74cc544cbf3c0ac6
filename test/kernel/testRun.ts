/**
 * Runs programs without a probe: the same code as BPF_PROG_TYPE_SYSCALL, by BPF_PROG_TEST_RUN, in a process whose memory, registers and thread
 * are made up (test/fixtures/testRun.c).
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SiteCounts } from '../../adapter/backend/backend';
import { checkPlan } from '../../adapter/backend/checkPlan';
import { Counters, counterShape } from '../../adapter/backend/counters';
import { countsAll, emit, isStateful, MAPS } from '../../adapter/backend/emit';
import { FILTER_STATE } from '../../adapter/backend/filterState';
import { createNotes, RoleWord } from '../../adapter/backend/role';
import { threadPointerOffset } from '../../adapter/backend/threadPointer';
import { assemble } from '../../adapter/bpf/assembler';
import { MappedArray } from '../../adapter/bpf/map';
import type { Line } from '../../adapter/bpf/instruction';
import { loadProgram, loadTestRun } from '../../adapter/bpf/program';
import type { RingBuffer } from '../../adapter/bpf/ringBuffer';
import type { CaptureProgram } from '../../adapter/capture/plan';
import { RECORD_HEADER } from '../../adapter/capture/recordLayout';
import type { VirtualAddress } from '../../adapter/elf/address';
import { linux } from '../../adapter/sys/linux';
import type { Descriptor } from '../../adapter/sys/owned';
import { REGISTERS, type Register } from '../../adapter/x86/register';
import { fixture } from '../fixtures/build';
import type { Edition } from '../unit/capture/hitInterpreter';

/** Whole pages at an address; those that are lazy are not resident at a hit. */
export interface Region {
  readonly at: bigint;
  readonly bytes: Uint8Array;
  readonly lazy: boolean;
}

/** Of the thread that hits. */
export interface Scene {
  readonly regions: readonly Region[];
  readonly threadPointer: bigint;
  readonly threadName: string;
  /** Of the program's one site; at a hit `ip` says how far it has been moved. */
  readonly address: VirtualAddress;
  readonly ring: RingBuffer;
  /** Of each hit. */
  readonly hits: readonly Readonly<Partial<Record<Register, bigint>>>[];
}

/** What has become of a program's hits. */
export interface Ran {
  readonly counts: SiteCounts;
  /** Records, whole. */
  readonly records: readonly DataView[];
  /** The filter's state; its `last` was LAST at first. */
  readonly state: Readonly<Record<keyof typeof FILTER_STATE, bigint>>;
  /** Nanoseconds from the first hit to the last. */
  readonly elapsed: bigint;
  readonly code: Uint8Array;
}

export interface Runs {
  readonly pid: number;
  readonly tid: number;
  readonly cpu: number;
  readonly ran: readonly Ran[];
}

export const LAST = 0x1a57_1a57_1a57_1a57n;

/** What is run: a program, and whose it is while an edit is under way. */
export interface Trial {
  readonly program: CaptureProgram;
  readonly edition?: Edition;
}

/** Each program has every hit of the scene. @throws VerifierError and others, where a program is refused as one of either type */
export function runPrograms(trials: readonly Trial[], scene: Scene): Runs {
  const programs = trials.map(({ program }) => program);
  checkPlan({ path: '', buildId: undefined, pid: 0, sites: [], programs });
  const maps = new Maps(trials, scene.ring);
  const loaded: Descriptor[] = [];
  try {
    const codes = trials.map((trial, site) =>
      assemble(linesOf(trial, site, maps.stride, scene), maps.of(site)),
    );
    for (const code of codes) {
      loadProgram(linux(), 'at_a_probe', code).close();
      loaded.push(loadTestRun(linux(), 'test_run', code));
    }
    const [[pid, tid, cpu] = [], ...elapsed] = runLoaded(loaded, scene);
    const records = drained(scene.ring, trials.length);
    const counts = maps.counters.read(programs.map(countsAll));
    return {
      pid: Number(pid),
      tid: Number(tid),
      cpu: Number(cpu),
      ran: codes.map((code, i) => ({
        counts: counts[i]!,
        records: records[i]!,
        state: stateOf(maps.states[i]!),
        elapsed: elapsed[i]![0]!,
        code,
      })),
    };
  } finally {
    for (const program of loaded) program.close();
    maps.close();
  }
}

const linesOf = ({ program, edition }: Trial, site: number, stride: number, { address }: Scene): Line[] =>
  emit(program, {
    firstSite: 0,
    stride,
    only: { site, address },
    threadPointer: threadPointerOffset(linux()),
    edition: edition?.key,
  });

/** The maps of some trials, by site. */
class Maps {
  readonly counters: Counters;
  readonly states: readonly MappedArray[];
  readonly stride: number;
  private readonly notes = createNotes(linux());
  private readonly roles: readonly (RoleWord | undefined)[];

  constructor(
    private readonly trials: readonly Trial[],
    private readonly ring: RingBuffer,
  ) {
    const shape = counterShape(trials.length, false);
    this.stride = shape.stride;
    this.counters = Counters.create(linux(), shape);
    this.states = trials.map(() => {
      const state = MappedArray.create(linux(), MAPS.filter, FILTER_BYTES, 1);
      state.memory.write(word(LAST), FILTER_STATE.last.offset);
      return state;
    });
    this.roles = trials.map(({ edition }) => {
      if (!edition) return undefined;
      const role = RoleWord.create(linux());
      role.write(edition.role);
      return role;
    });
  }

  /** Descriptors by name, those alone that the program may use. */
  of(site: number): Record<string, number> {
    const role = this.roles[site];
    return {
      [MAPS.counters]: this.counters.descriptor,
      [MAPS.records]: this.ring.descriptor,
      ...(isStateful(this.trials[site]!.program) && { [MAPS.filter]: this.states[site]!.descriptor }),
      ...(role && { [MAPS.role]: role.descriptor, [MAPS.notes]: this.notes.number }),
    };
  }

  close(): void {
    for (const map of [this.counters, this.notes, ...this.states, ...this.roles]) map?.close();
  }
}

/** What is in the ring, by site. */
function drained(ring: RingBuffer, sites: number): DataView[][] {
  const records = Array.from({ length: sites }, (): DataView[] => []);
  ring.drain(({ buffer, byteOffset }, offset, size) => {
    const start = byteOffset + offset;
    const record = new DataView(buffer.slice(start, start + size));
    records[record.getUint32(RECORD_HEADER.site.offset, true)]!.push(record);
  }, Infinity);
  return records;
}

/** @returns the numbers of each line that testRun prints */
function runLoaded(loaded: readonly Descriptor[], scene: Scene): bigint[][] {
  const folder = mkdtempSync(join(tmpdir(), 'test-run-'));
  try {
    const file = join(folder, 'scene');
    writeFileSync(file, sceneFile(loaded.length, scene));
    const program = fixture('testRun.c', { compiler: 'gcc', flags: ['-O1', '-fno-stack-protector'] });
    const { status, stdout, stderr } = spawnSync(program, [file, scene.threadName], {
      stdio: ['ignore', 'pipe', 'pipe', ...loaded.map(({ number }) => number)],
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(BigInt));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sceneFile(programs: number, { threadPointer, regions, hits }: Scene): Uint8Array {
  const head = [threadPointer, BigInt(programs), BigInt(regions.length), BigInt(hits.length)];
  const table = regions.flatMap(({ at, bytes, lazy }) => [at, BigInt(bytes.length), BigInt(lazy)]);
  const contexts = hits.map((registers) => {
    const context = Buffer.alloc(CONTEXT_SIZE);
    for (const [name, { offset }] of Object.entries(REGISTERS))
      context.writeBigUInt64LE(registers[name as Register] ?? 0n, offset);
    return context;
  });
  return Buffer.concat([...[...head, ...table].map(word), ...regions.map(({ bytes }) => bytes), ...contexts]);
}

function stateOf({ memory }: MappedArray): Ran['state'] {
  const bytes = Buffer.alloc(FILTER_BYTES);
  memory.read(bytes, 0);
  const words = Object.entries(FILTER_STATE).map(([name, { offset }]) => [
    name,
    bytes.readBigUInt64LE(offset),
  ]);
  return Object.fromEntries(words) as Ran['state'];
}

function word(value: bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** struct pt_regs, 64 bit */
const CONTEXT_SIZE = 168;
const FILTER_BYTES = 64;
