/** Well-formed DWARF that no compiler writes: entries of any kind in any place that refer to one another at random. */
import { AT, TAG } from '../../adapter/dwarf/constants';
import {
  address, data1, data8, elfFile, entry, expression, flag, form, labelled, little, sdata, sectionOffset, text, to, toAny,
  udata, uleb, unit, type Entry, type Unit, type Value,
} from '../unit/dwarf/builder'; // prettier-ignore
import type { Random } from './random';

/** An ELF file of one to four units. */
export function generatedFile(random: Random): Uint8Array {
  const labels = Array.from({ length: 24 }, (_, index) => `entry${index}`);
  const generator = new Generator(random, labels);
  const units = Array.from({ length: 1 + random.below(4) }, () => generator.unit());
  const section = (length: number): number[] =>
    Array.from({ length }, () => (random.oneIn(2) ? 0 : random.below(256)));
  return elfFile({
    units,
    sections: {
      '.debug_ranges': [...little(0x1000, 8), ...little(0x2000, 8), ...section(64)],
      '.debug_rnglists': section(64),
      '.debug_loc': section(128),
      '.debug_loclists': section(128),
      '.debug_addr': section(64),
      '.debug_str_offsets': section(64),
      '.debug_str': [...Buffer.from('f\0main\0Type\0'), ...section(32)],
    },
  });
}

class Generator {
  private readonly unused: string[];

  constructor(
    private readonly random: Random,
    private readonly labels: readonly string[],
  ) {
    this.unused = [...labels];
  }

  unit(): Unit {
    const { random } = this;
    const root = entry(
      random.oneIn(8) ? this.tag() : TAG.compileUnit,
      [
        [AT.name, text('unit.c')],
        [AT.lowPc, address(0x1000)],
        [AT.highPc, data8(0x1000)],
        ...this.attributes(2),
      ],
      ...Array.from({ length: 4 + random.below(8) }, () => this.entry(0)),
    );
    return unit(root, { version: 2 + random.below(4), offsetSize: random.pick([4, 8]) });
  }

  private entry(depth: number): Entry {
    const { random } = this;
    const children = depth > 5 ? 0 : random.below(4);
    const made = entry(
      this.tag(),
      this.attributes(6),
      ...Array.from({ length: children }, () => this.entry(depth + 1)),
    );
    const label = random.oneIn(2) ? this.unused.pop() : undefined;
    return label === undefined ? made : labelled(label, made);
  }

  private tag(): number {
    return this.random.pick(this.random.oneIn(2) ? SCOPES : TAGS);
  }

  private attributes(limit: number): [number, Value][] {
    return Array.from({ length: this.random.below(limit + 1) }, () => {
      const attribute = this.random.pick(this.random.oneIn(3) ? ATTRIBUTES : COMMON);
      return [attribute, this.value(attribute)];
    });
  }

  /** Mostly of a class that the attribute may have. */
  private value(attribute: number): Value {
    const { random } = this;
    if (random.oneIn(10)) return random.pick(this.anything());
    if (REFERENCES.includes(attribute)) return random.pick([to, toAny])(random.pick(this.labels));
    if (attribute === AT.name) return text(random.pick(['f', 'main', 'Type', 'x', '']));
    if (attribute === AT.lowPc) return address(0x1000 + random.below(0x1000));
    if (attribute === AT.location || attribute === AT.frameBase) return this.expression();
    if (attribute === AT.ranges) return sectionOffset(random.below(48));
    return random.pick([data1(random.below(64)), udata(random.below(4096)), sdata(-random.below(64))]);
  }

  private anything(): Value[] {
    const { random } = this;
    return [
      flag,
      this.expression(),
      data8(random.pick([0n, 1n << 53n, (1n << 64n) - 1n])),
      udata(random.below(2 ** 32)),
      sectionOffset(random.below(256)),
      form(0x16, ...uleb(random.pick([0x0b, 0x13, 0x16, 0x21])), random.below(256), 0, 0, 0), // indirect
      form(0x22, ...uleb(random.below(300))), // loclistx
      form(0x23, ...uleb(random.below(300))), // rnglistx
      form(0x1b, ...uleb(random.below(300))), // addrx
      form(0x1a, ...uleb(random.below(300))), // strx
      form(0x20, ...little(random.below(4), 8)), // ref_sig8
      form(0x13, ...little(random.below(400), 4)), // ref4, anywhere
      form(0x10, ...little(random.below(400), 8)), // ref_addr, of the wrong size in 32-bit DWARF
    ];
  }

  private expression(): Value {
    const { random } = this;
    return expression(...Array.from({ length: random.below(12) }, () => random.below(256)));
  }
}

const TAGS: readonly number[] = Object.values(TAG);
const ATTRIBUTES: readonly number[] = Object.values(AT);
const SCOPES = [
  TAG.subprogram, TAG.lexicalBlock, TAG.inlinedSubroutine, TAG.variable, TAG.formalParameter, TAG.structureType,
  TAG.member, TAG.pointerType, TAG.typedef, TAG.arrayType, TAG.subrangeType, TAG.namespace, TAG.baseType,
]; // prettier-ignore
const REFERENCES: readonly number[] = [AT.abstractOrigin, AT.specification, AT.type, AT.sibling];
const COMMON = [
  ...REFERENCES, AT.name, AT.lowPc, AT.highPc, AT.ranges, AT.location, AT.frameBase, AT.byteSize, AT.upperBound,
]; // prettier-ignore
