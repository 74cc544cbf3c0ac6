/**
 * Which edition of a tracepoint takes a hit while an edit is under way, and the probes of the old one and the new one are at the same
 * address. The kernel runs the programs of an address one after another, the newest probe's first (`uprobe->consumers`,
 * kernel/events/uprobes.c): it takes the hit and leaves a note with the thread, which the older one finds. One that came too late for
 * this hit has left no note, and one that has gone needs none. So no hit is taken twice, and none is missed.
 */
import {
  arithmetic,
  arithmeticImmediate,
  call,
  jumpIf,
  jumpIfImmediate,
  label,
  load,
  loadConstant,
  loadMap,
  loadMapValue,
  move,
  moveImmediate,
  store,
  storeImmediate,
  type Line,
} from '../bpf/instruction';
import { createMap, MAP_NO_PREALLOC, MappedArray } from '../bpf/map';
import type { BpfRegister } from '../bpf/opcode';
import type { Descriptor } from '../sys/owned';
import type { System } from '../sys/system';
import { REGISTERS } from '../x86/register';
import type { EditionKey, Role } from './backend';
import type { Frame } from './frame';
import { CONTEXT, FRAME_POINTER, leave } from './place';

/** Names of the maps. */
export const ROLE_MAP = 'role';
export const NOTES_MAP = 'notes';

/** Bits of the word that programs read at each hit. */
const TAKES = 1;
const NEWER = 2;
const OLDER = 4;

/** What the programs of an installation read. */
export class RoleWord {
  private constructor(private readonly array: MappedArray) {}

  /** Of one that takes no hits. @throws SystemError */
  static create(system: System): RoleWord {
    return new RoleWord(MappedArray.create(system, ROLE_MAP, 8, 1));
  }

  get descriptor(): number {
    return this.array.descriptor;
  }

  write({ takes, older, newer }: Role): void {
    const word = (takes ? TAKES : 0) | (newer ? NEWER : 0) | (older ? OLDER : 0);
    this.array.memory.write(Uint8Array.of(word), 0);
  }

  /** Programs go on reading it, and `write` goes on writing. */
  closeDescriptor(): void {
    this.array.closeDescriptor();
  }

  close(): void {
    this.array.close();
  }
}

/** By tracepoint and thread: the address of a hit, and the number of the edition that took it. */
export const createNotes = (system: System): Descriptor =>
  createMap(system, {
    type: 'HASH',
    name: NOTES_MAP,
    keySize: 8,
    valueSize: NOTE_SIZE,
    entries: MAX_NOTES,
    flags: MAP_NO_PREALLOC,
  });

/** Goes on where the hit is this edition's. @throws StackExhausted */
export function takeHit({ tracepoint, number }: EditionKey, frame: Frame): Line[] {
  const key = frame.take();
  const note = frame.takeRun(NOTE_SIZE / 8);
  const argument = (register: BpfRegister, slot: number): Line[] => [
    move(register, FRAME_POINTER),
    arithmeticImmediate('add', register, slot),
  ];
  return [
    loadMapValue(1, ROLE_MAP),
    load(8, ROLE, 1, 0),
    jumpIfImmediate('set', ROLE, TAKES, 'role.takes'),
    ...leave(),
    label('role.takes'),
    ...unless(NEWER | OLDER, 'role.taken'),
    call('get_current_pid_tgid'),
    arithmeticImmediate('shl', 0, 32),
    arithmeticImmediate('shr', 0, 32),
    loadConstant(1, BigInt(tracepoint) << 32n),
    arithmetic('or', 0, 1),
    store(8, FRAME_POINTER, key, 0),
    load(8, ADDRESS, CONTEXT, REGISTERS.ip.offset),
    ...unless(NEWER, 'role.newest'),
    loadMap(1, NOTES_MAP),
    ...argument(2, key),
    call('map_lookup_elem'),
    jumpIfImmediate('eq', 0, 0, 'role.newest'),
    load(8, 1, 0, NOTE.address),
    jumpIf('ne', 1, ADDRESS, 'role.newest'),
    load(8, 1, 0, NOTE.edition),
    jumpIfImmediate('ule', 1, number, 'role.newest'),
    ...leave(),
    label('role.newest'),
    ...unless(OLDER, 'role.taken'),
    store(8, FRAME_POINTER, note + NOTE.address, ADDRESS),
    storeImmediate(8, FRAME_POINTER, note + NOTE.edition, number),
    loadMap(1, NOTES_MAP),
    ...argument(2, key),
    ...argument(3, note),
    moveImmediate(4, 0),
    call('map_update_elem'),
    jumpIfImmediate('eq', 0, 0, 'role.taken'),
    // No room for a note: the older one takes it.
    ...leave(),
    label('role.taken'),
  ];
}

/** Goes to the label where none of the bits is set. */
const unless = (bits: number, target: string): Line[] => [
  move(1, ROLE),
  arithmeticImmediate('and', 1, bits),
  jumpIfImmediate('eq', 1, 0, target),
];

/** Registers that calls keep, until they get their usual meaning. */
const ROLE: BpfRegister = 7;
const ADDRESS: BpfRegister = 8;
const NOTE = { address: 0, edition: 8 } as const;
const NOTE_SIZE = 16;
/** Notes stay until the thread's next one. */
const MAX_NOTES = 1 << 16;
