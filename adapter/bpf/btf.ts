/** Where the members of the kernel's structs lie, by its type information (Documentation/bpf/btf.rst). */
export class Btf {
  private readonly strings: Buffer;
  /** Offset in the type section of each type; type 0 is void. */
  private readonly types: number[] = [0];

  /** @throws RangeError where it is not whole */
  constructor(private readonly bytes: Buffer) {
    const [headerLength, typeOffset, typeLength, stringOffset, stringLength] = [4, 8, 12, 16, 20].map((at) =>
      bytes.readUInt32LE(at),
    ) as [number, number, number, number, number];
    this.strings = bytes.subarray(headerLength + stringOffset, headerLength + stringOffset + stringLength);
    for (let at = headerLength + typeOffset; at < headerLength + typeOffset + typeLength;) {
      this.types.push(at);
      at += TYPE_SIZE + this.extraLength(at);
    }
  }

  /** Byte offset of a member by its C designator, `link_create.uprobe_multi.path`; undefined if there is none. */
  offsetof(kind: 'struct' | 'union', name: string, designator: string): number | undefined {
    const wanted = kind === 'struct' ? KIND_STRUCT : KIND_UNION;
    const at = this.types.find((at, id) => id > 0 && this.kind(at) === wanted && this.name(at) === name);
    return at === undefined ? undefined : this.find(at, designator.split('.'));
  }

  private find(at: number, [first, ...rest]: readonly string[]): number | undefined {
    for (let i = 0; i < this.vlen(at); i++) {
      const member = at + TYPE_SIZE + i * MEMBER_SIZE;
      const type = this.types[this.bytes.readUInt32LE(member + 4)]!;
      const offset = (this.bytes.readUInt32LE(member + 8) & 0xff_ffff) / 8;
      const inner =
        this.name(member) === '' ? [first!, ...rest] : this.name(member) === first ? rest : undefined;
      if (inner?.length === 0) return offset;
      const found =
        inner && [KIND_STRUCT, KIND_UNION].includes(this.kind(type)) ? this.find(type, inner) : undefined;
      if (found !== undefined) return offset + found;
    }
    return undefined;
  }

  private kind(at: number): number {
    return (this.bytes.readUInt32LE(at + 4) >> 24) & 0x1f;
  }

  private vlen(at: number): number {
    return this.bytes.readUInt32LE(at + 4) & 0xffff;
  }

  private name(at: number): string {
    const start = this.bytes.readUInt32LE(at);
    return this.strings.toString('latin1', start, this.strings.indexOf(0, start));
  }

  /** Bytes behind the common part of a type, by its kind. */
  private extraLength(at: number): number {
    const [fixed, each] = EXTRA[this.kind(at)] ?? [0, 0];
    return fixed + each * this.vlen(at);
  }
}

const TYPE_SIZE = 12;
const MEMBER_SIZE = 12;
const KIND_STRUCT = 4;
const KIND_UNION = 5;
/** Kind -> bytes, and bytes for each of its vlen: INT, ARRAY, STRUCT, UNION, ENUM, FUNC_PROTO, VAR, DATASEC, DECL_TAG, ENUM64. */
const EXTRA: Readonly<Record<number, readonly [number, number]>> = {
  1: [4, 0],
  3: [12, 0],
  4: [0, 12],
  5: [0, 12],
  6: [0, 8],
  13: [0, 8],
  14: [4, 0],
  15: [0, 12],
  17: [4, 0],
  19: [0, 12],
};
