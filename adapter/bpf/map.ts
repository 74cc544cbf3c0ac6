import { Descriptor } from '../sys/owned';
import type { Mapping, System } from '../sys/system';
import { PAGE_SIZE } from '../sys/system';
import { cString, encode, MAP_CREATE } from './attributes';

/** `enum bpf_map_type` and map flags (linux/bpf.h). */
export const MAP_TYPE = { HASH: 1, ARRAY: 2, RINGBUF: 27 } as const;
export const MAP_NO_PREALLOC = 1;
export const MAP_MMAPABLE = 1024;

export interface MapShape {
  readonly type: keyof typeof MAP_TYPE;
  readonly name: string;
  readonly keySize: number;
  readonly valueSize: number;
  readonly entries: number;
  readonly flags: number;
}

/** @throws SystemError */
export function createMap(system: System, shape: MapShape): Descriptor {
  const attributes = encode(MAP_CREATE, {
    map_type: MAP_TYPE[shape.type],
    key_size: shape.keySize,
    value_size: shape.valueSize,
    max_entries: shape.entries,
    map_flags: shape.flags,
    map_name: cString(shape.name),
  });
  return new Descriptor(system, system.bpf('MAP_CREATE', attributes), `map ${shape.name}`);
}

/** An array that programs index by a u32, and that is read and written here through memory, with no system call. */
export class MappedArray {
  private constructor(
    private readonly map: Descriptor,
    readonly memory: Mapping,
  ) {}

  /** @param valueSize a multiple of 8. @throws SystemError */
  static create(system: System, name: string, valueSize: number, entries: number): MappedArray {
    const map = createMap(system, {
      type: 'ARRAY',
      name,
      keySize: 4,
      valueSize,
      entries,
      flags: MAP_MMAPABLE,
    });
    try {
      const length = Math.ceil((valueSize * entries) / PAGE_SIZE) * PAGE_SIZE;
      return new MappedArray(map, system.map(map.number, 0, length, 'write'));
    } catch (error) {
      map.close();
      throw error;
    }
  }

  get descriptor(): number {
    return this.map.number;
  }

  /** The memory stays readable; programs that use the map keep it. */
  closeDescriptor(): void {
    this.map.close();
  }

  close(): void {
    this.map.close();
    this.memory.unmap();
  }
}
