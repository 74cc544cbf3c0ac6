/**
 * Compiles a CaptureProgram to BPF. A program has three parts:
 *
 *   entry    which site, its counters, one hit more
 *   phase 1  evaluates the captures; reads may fault pages in, and sleep
 *   phase 2  reserves a record, fills it without sleeping, submits it
 *
 * On the stack are the site, one word of scratch, the load bias, the thread pointer, the captures' results, and what phase 1 needs for a while.
 */
import {
  arithmetic,
  arithmeticImmediate,
  call,
  exit,
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
import type { Step } from '../capture/ir';
import type { CaptureProgram } from '../capture/plan';
import { layoutRecord } from '../capture/recordLayout';
import type { VirtualAddress } from '../elf/address';
import { REGISTERS } from '../x86/register';
import { BackendError } from './backend';
import { CONTEXT, COUNTER_SLOT, evaluate, FAULTS, FRAME_POINTER, type Surroundings } from './evaluation';
import { Frame, StackExhausted, type Slot } from './frame';
import { readThreadPointer } from './threadPointer';
import { count, pageIn, RECORDS_MAP, writeRecord, type Captured } from './recordCode';

/** Names of the maps a program may use, beside the ring buffer's. */
export const MAPS = { counters: 'counters', addresses: 'addresses', records: RECORDS_MAP } as const;

/** Of the installation that a program belongs to. */
export interface EmitContext {
  /** Id of the installation's first site; the others follow. */
  readonly firstSite: number;
  /** Of its counters: slots of a processor. */
  readonly stride: number;
  /** Link-time address of the program's only site; undefined when the map of addresses is to be asked. */
  readonly address: VirtualAddress | undefined;
  /** Where the kernel keeps a thread's pointer (threadPointer.ts); wanted by programs that use it. */
  readonly threadPointer: number | undefined;
}

/** @throws BackendError `tooManyCaptures`. The program must have passed checkPlan. */
export function emit(program: CaptureProgram, context: EmitContext): Line[] {
  const frame = new Frame();
  const site = frame.take();
  const scratch = frame.take();
  if (program.mode === 'count')
    return [...entry(context, site, scratch, undefined), moveImmediate(0, 0), exit()];
  const bias = uses(program, 'loadBias') ? frame.take() : undefined;
  const threadPointer = uses(program, 'threadPointer') ? frame.take() : undefined;
  const { lines, captured } = evaluateAll(program, { frame, bias, threadPointer }, scratch);
  return [
    ...entry(context, site, scratch, bias),
    ...(threadPointer === undefined ? [] : readThreadPointer(context.threadPointer!, threadPointer)),
    moveImmediate(FAULTS, 0),
    ...lines,
    ...writeRecord(captured, layoutRecord(program.captures), site),
  ];
}

/** Does a capture of the program have such a step? */
export const uses = ({ captures }: CaptureProgram, wanted: Step['op']): boolean =>
  captures.some(({ steps }) => steps.some(({ op }) => op === wanted));

function evaluateAll(
  { captures }: CaptureProgram,
  surroundings: Surroundings,
  scratch: Slot,
): { lines: Line[]; captured: Captured[] } {
  const lines: Line[] = [];
  const captured: Captured[] = [];
  captures.forEach((capture, index) => {
    try {
      const evaluated = evaluate(capture, index, surroundings);
      const whole = { output: capture.output, results: evaluated.results };
      captured.push(whole);
      for (const line of [...evaluated.lines, ...pageIn(whole, index, scratch)]) lines.push(line);
    } catch (error) {
      if (error instanceof StackExhausted) throw new BackendError({ code: 'tooManyCaptures', limit: index });
      throw error;
    }
  });
  return { lines, captured };
}

function entry(context: EmitContext, site: Slot, scratch: Slot, bias: Slot | undefined): Line[] {
  return [
    move(CONTEXT, 1),
    call('get_attach_cookie'),
    store(8, FRAME_POINTER, site, 0),
    ...(bias === undefined ? [] : loadBias(context, scratch, bias)),
    // slot = cpu * stride + (site - firstSite)
    call('get_smp_processor_id'),
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
function loadBias({ firstSite, address }: EmitContext, scratch: Slot, bias: Slot): Line[] {
  const linkTimeAddress =
    address === undefined
      ? [arithmeticImmediate('sub', 0, firstSite), ...lookUp(MAPS.addresses, scratch), load(8, 1, 0, 0)]
      : [loadConstant(1, BigInt(address))];
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
    moveImmediate(0, 0),
    exit(),
    label(found),
  ];
}
