/**
 * Compiles a CaptureProgram to BPF. A program has four parts:
 *
 *   entry    whether the hit is one of the processes that are meant, and this edition's; which site, its counters, one hit more
 *   gate     the condition and the filter: hits that do not pass are counted, and leave
 *   phase 1  reads what captures share, and evaluates them; reads may fault pages in, and sleep
 *   phase 2  reserves a record, fills it without sleeping, submits it
 *
 * On the stack are what belongs to the whole hit (EntrySlots), what captures share (SharedReads), their results, and what gate and phase 1 need for
 * a while.
 */
import {
  arithmetic,
  arithmeticImmediate,
  call,
  jumpIfImmediate,
  label,
  load,
  loadConstant,
  loadMap,
  move,
  moveImmediate,
  store,
  type Line,
} from '../bpf/instruction';
import type { Capture, Step } from '../capture/ir';
import type { CaptureProgram } from '../capture/plan';
import { layoutRecord } from '../capture/recordLayout';
import type { VirtualAddress } from '../elf/address';
import { REGISTERS } from '../x86/register';
import { BackendError, type EditionKey } from './backend';
import { count } from './count';
import { evaluate, type Surroundings } from './evaluation';
import { readBlocks } from './blockCode';
import { condition, endings, filter, giveBack } from './filterCode';
import { Frame, StackExhausted, type Slot } from './frame';
import { CONTEXT, COUNTER_SLOT, FAULTS, FILTER, FRAME_POINTER, leave } from './place';
import { leaveOthers, type KnownScope } from './processScope';
import { NOTES_MAP, ROLE_MAP, takeHit } from './role';
import { pageInOutput, RECORDS_MAP, writeRecord, type Captured } from './recordCode';
import { SharedReads } from './sharedReads';
import { readThreadPointer } from './threadPointer';

/** Names of the maps a program may use, beside the ring buffer's. */
export const MAPS = {
  counters: 'counters',
  addresses: 'addresses',
  records: RECORDS_MAP,
  filter: 'filter',
  role: ROLE_MAP,
  notes: NOTES_MAP,
} as const;

/** Of the installation that a program belongs to. */
export interface EmitContext {
  /** Id of the installation's first site; the others follow. */
  readonly firstSite: number;
  /** Of its counters: slots of a processor. */
  readonly stride: number;
  /** The program's site, where it has one alone; undefined where the cookie and the map of addresses are to be asked. */
  readonly only: { readonly site: number; readonly address: VirtualAddress } | undefined;
  /** Where the kernel keeps a thread's pointer (threadPointer.ts); wanted by programs that use it. */
  readonly threadPointer: number | undefined;
  /** Of an installation that does not take all processes' hits. */
  readonly scope?: KnownScope | undefined;
  /** Of an installation whose hits others may take. */
  readonly edition?: EditionKey | undefined;
}

interface EntrySlots extends Surroundings {
  readonly scratch: Slot;
}

/** @throws BackendError `tooManyCaptures`. The program must have passed checkPlan. */
export function emit(program: CaptureProgram, context: EmitContext): Line[] {
  for (let room = MOST_ROOM; room >= LEAST_ROOM; room /= 2) {
    const reads = new SharedReads(program.captures, room);
    if (reads.blocks.length === 0) break;
    try {
      return emitWith(reads, program, context);
    } catch (error) {
      // Results need the room that blocks have.
      if (!(error instanceof BackendError && error.failure.code === 'tooManyCaptures')) throw error;
    }
  }
  return emitWith(NONE_SHARED, program, context);
}

function emitWith(reads: SharedReads, program: CaptureProgram, context: EmitContext): Line[] {
  const slots = entrySlots(program);
  const lines = [...entry(context, slots), ...guarded(0, () => gate(program, context, slots))];
  if (program.mode === 'count') {
    if (!countsAll(program)) lines.push(...count('delivered'));
    lines.push(...leave());
  } else {
    lines.push(moveImmediate(FAULTS, 0));
    const blocks = guarded(0, () => readBlocks(reads, slots));
    lines.push(...blocks.lines);
    const captured = evaluateAll(program.captures, { ...slots, partsOf: blocks.partsOf }, lines);
    const hit = { site: slots.site, cpu: slots.cpu!, giveBack: giveBack(program.filter ?? {}) };
    for (const line of writeRecord(captured, layoutRecord(program.captures), hit)) lines.push(line);
  }
  return [...lines, ...endings(lines)];
}

const NONE_SHARED = new SharedReads([], 0);
/** Bytes of the stack for blocks that captures share: half of it, and what two numbers take. */
const [MOST_ROOM, LEAST_ROOM] = [256, 16];

/** Does every hit pass as delivered? */
export const countsAll = ({ mode, condition: gated, filter: filters }: CaptureProgram): boolean =>
  mode === 'count' && gated === undefined && filters === undefined;

/** Does a capture of the program, its condition or its filter have such a step? */
export const uses = (program: CaptureProgram, wanted: Step['op']): boolean =>
  hasStep(program, ({ op }) => op === wanted);

/** Does the program remember something from hit to hit? */
export const isStateful = (program: CaptureProgram): boolean =>
  program.filter !== undefined || usesSpecial(program, 'ordinal');

const usesSpecial = (program: CaptureProgram, name: 'cpu' | 'ordinal'): boolean =>
  hasStep(program, (step) => step.op === 'special' && step.name === name);

function hasStep(program: CaptureProgram, is: (step: Step) => boolean): boolean {
  const { captures, condition: gated, filter: { changed } = {} } = program;
  const all = [...captures, ...(gated ? [gated] : []), ...(changed ? [changed] : [])];
  return all.some(({ steps }) => steps.some(is));
}

function entrySlots(program: CaptureProgram): EntrySlots {
  const frame = new Frame();
  const [site, scratch] = [frame.take(), frame.take()];
  return {
    frame,
    site,
    scratch,
    cpu: program.mode === 'record' || usesSpecial(program, 'cpu') ? frame.take() : undefined,
    bias: uses(program, 'loadBias') ? frame.take() : undefined,
    threadPointer: uses(program, 'threadPointer') ? frame.take() : undefined,
    ordinal: usesSpecial(program, 'ordinal') ? frame.take() : undefined,
  };
}

function gate(program: CaptureProgram, context: EmitContext, slots: EntrySlots): Line[] {
  return [
    ...(slots.threadPointer === undefined
      ? []
      : readThreadPointer(context.threadPointer!, slots.threadPointer)),
    ...(program.condition ? condition(program.condition, slots) : []),
    ...(isStateful(program)
      ? [
          moveImmediate(0, 0),
          ...lookUp(MAPS.filter, slots.scratch),
          move(FILTER, 0),
          ...filter(program.filter ?? {}, slots),
        ]
      : []),
  ];
}

function evaluateAll(captures: readonly Capture[], slots: EntrySlots, lines: Line[]): Captured[] {
  return captures.map((capture, index) =>
    guarded(index, () => {
      const evaluated = evaluate(capture, `capture${index}`, { kind: 'note', capture: index }, slots);
      const captured = { output: capture.output, results: evaluated.results };
      for (const line of [...evaluated.lines, ...pageInOutput(captured, index, slots.scratch)])
        lines.push(line);
      return captured;
    }),
  );
}

/** @param limit captures for which there was room */
function guarded<T>(limit: number, code: () => T): T {
  try {
    return code();
  } catch (error) {
    if (error instanceof StackExhausted) throw new BackendError({ code: 'tooManyCaptures', limit });
    throw error;
  }
}

function entry(context: EmitContext, { frame, site, scratch, cpu, bias }: EntrySlots): Line[] {
  return [
    move(CONTEXT, 1),
    ...(context.scope ? [...leaveOthers(context.scope, frame.copy()), move(1, CONTEXT)] : []),
    ...(context.edition ? [...takeHit(context.edition, frame.copy()), move(1, CONTEXT)] : []),
    ...(context.only ? [loadConstant(0, BigInt(context.only.site))] : [call('get_attach_cookie')]),
    store(8, FRAME_POINTER, site, 0),
    ...(bias === undefined ? [] : loadBias(context, scratch, bias)),
    // slot = cpu * stride + (site - firstSite)
    call('get_smp_processor_id'),
    ...(cpu === undefined ? [] : [store(8, FRAME_POINTER, cpu, 0)]),
    arithmeticImmediate('mul', 0, context.stride),
    load(8, 1, FRAME_POINTER, site),
    arithmetic('add', 0, 1),
    arithmeticImmediate('sub', 0, context.firstSite),
    ...lookUp(MAPS.counters, scratch),
    move(COUNTER_SLOT, 0),
    ...count('hits'),
  ];
}

/** At a uprobe the instruction pointer is the probed address. */
function loadBias({ firstSite, only }: EmitContext, scratch: Slot, bias: Slot): Line[] {
  const linkTimeAddress =
    only === undefined
      ? [arithmeticImmediate('sub', 0, firstSite), ...lookUp(MAPS.addresses, scratch), load(8, 1, 0, 0)]
      : [loadConstant(1, BigInt(only.address))];
  return [
    ...linkTimeAddress,
    load(8, 0, CONTEXT, REGISTERS.ip.offset),
    arithmetic('sub', 0, 1),
    store(8, FRAME_POINTER, bias, 0),
  ];
}

/** r0 = address of element r0 of an array. Out of bounds, which cannot be, the program ends and has done nothing. */
function lookUp(map: string, scratch: Slot): Line[] {
  const found = `${map}.found`;
  return [
    store(4, FRAME_POINTER, scratch, 0),
    move(2, FRAME_POINTER),
    arithmeticImmediate('add', 2, scratch),
    loadMap(1, map),
    call('map_lookup_elem'),
    jumpIfImmediate('ne', 0, 0, found),
    ...leave(),
    label(found),
  ];
}
