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
import { threadPointerOffset } from '../../adapter/backend/threadPointer';
import { assemble } from '../../adapter/bpf/assembler';
import { cString, encode, PROG_LOAD } from '../../adapter/bpf/attributes';
import { MappedArray } from '../../adapter/bpf/map';
import { INSTRUCTION_SIZE } from '../../adapter/bpf/opcode';
import { loadProgram } from '../../adapter/bpf/program';
import type { RingBuffer } from '../../adapter/bpf/ringBuffer';
import type { CaptureProgram } from '../../adapter/capture/plan';
import { RECORD_HEADER } from '../../adapter/capture/recordLayout';
import type { VirtualAddress } from '../../adapter/elf/address';
import { linux } from '../../adapter/sys/linux';
import { Descriptor } from '../../adapter/sys/owned';
import { REGISTERS, type Register } from '../../adapter/x86/register';
import { fixture } from '../fixtures/build';

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
  readonly cpu: number;
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
  readonly ran: readonly Ran[];
}

export const LAST = 0x1a57_1a57_1a57_1a57n;

/** Each program has every hit of the scene. @throws VerifierError and others, where a program is refused as one of either type */
export function runPrograms(programs: readonly CaptureProgram[], scene: Scene): Runs {
  checkPlan({ path: '', buildId: undefined, pid: 0, sites: [], programs });
  const owned: { close(): void }[] = [];
  const own = <T extends { close(): void }>(one: T): T => {
    owned.push(one);
    return one;
  };
  try {
    const system = linux();
    const shape = counterShape(programs.length, false);
    const counters = own(Counters.create(system, shape));
    const states = programs.map(() => own(MappedArray.create(system, MAPS.filter, FILTER_BYTES, 1)));
    const codes = programs.map((program, site) => {
      states[site]!.memory.write(word(LAST), FILTER_STATE.last.offset);
      const context = { firstSite: 0, stride: shape.stride, only: { site, address: scene.address }, threadPointer: threadPointerOffset(system) }; // prettier-ignore
      const maps = {
        [MAPS.counters]: counters.descriptor,
        [MAPS.records]: scene.ring.descriptor,
        ...(isStateful(program) && { [MAPS.filter]: states[site]!.descriptor }),
      };
      return assemble(emit(program, context), maps);
    });
    const loaded = codes.map((code) => {
      loadProgram(system, 'at_a_probe', code).close();
      return own(loadForTestRun(code));
    });
    const [[pid, tid] = [], ...elapsed] = runLoaded(loaded, scene);
    const records = programs.map((): DataView[] => []);
    const copy = (bytes: DataView, offset: number, size: number): void => {
      const record = new DataView(
        bytes.buffer.slice(bytes.byteOffset + offset, bytes.byteOffset + offset + size),
      );
      records[record.getUint32(RECORD_HEADER.site.offset, true)]!.push(record);
    };
    scene.ring.drain(copy, Infinity);
    const counts = counters.read(programs.map(countsAll));
    return {
      pid: Number(pid),
      tid: Number(tid),
      ran: programs.map((_, i) => ({
        counts: counts[i]!,
        records: records[i]!,
        state: stateOf(states[i]!),
        elapsed: elapsed[i]![0]!,
        code: codes[i]!,
      })),
    };
  } finally {
    for (const one of owned) one.close();
  }
}

/** As bpf/program.ts does it, and without a log: the same code has been accepted for a probe. */
function loadForTestRun(code: Uint8Array): Descriptor {
  const attributes = encode(PROG_LOAD, {
    prog_type: PROGRAM_TYPE_SYSCALL,
    insn_cnt: code.length / INSTRUCTION_SIZE,
    insns: code,
    license: cString('GPL'),
    prog_flags: FLAG_SLEEPABLE,
    prog_name: cString('test_run'),
  });
  return new Descriptor(linux(), linux().bpf('PROG_LOAD', attributes), 'program for test runs');
}

/** @returns the numbers of each line that testRun prints */
function runLoaded(loaded: readonly Descriptor[], scene: Scene): bigint[][] {
  const folder = mkdtempSync(join(tmpdir(), 'test-run-'));
  try {
    const file = join(folder, 'scene');
    writeFileSync(file, sceneFile(loaded.length, scene));
    const program = fixture('testRun.c', { compiler: 'gcc', flags: ['-O1', '-fno-stack-protector'] });
    const { status, stdout, stderr } = spawnSync(program, [file, String(scene.cpu), scene.threadName], {
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

/** linux/bpf.h */
const PROGRAM_TYPE_SYSCALL = 31;
const FLAG_SLEEPABLE = 16;
/** struct pt_regs, 64 bit */
const CONTEXT_SIZE = 168;
const FILTER_BYTES = 64;
