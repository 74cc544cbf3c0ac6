/** Well-formed DWARF that no compiler writes: entries of any kind in any place that refer to one another at random. */
import { AT, TAG } from '../../adapter/dwarf/constants';
import {
  address, data1, data8, elfFile, entry, expression, flag, form, labelled, little, sdata, sectionOffset, text, to, toAny,
  udata, uleb, unit, type Entry, type Unit, type Value,
} from '../unit/dwarf/builder'; // prettier-ignore
import type { Random } from './random';

type Attribute = [number, Value];

/** An ELF file of one to four units, and of type units. */
export function generatedFile(random: Random): Uint8Array {
  const generator = new Generator(random);
  const units = Array.from({ length: 1 + random.below(4) }, () => generator.unit());
  const types = Array.from({ length: random.below(3) }, (_, index) => generator.typeUnit(index));
  const noise = (length: number): number[] =>
    Array.from({ length }, () => (random.oneIn(2) ? 0 : random.below(256)));
  return elfFile({
    units: [...units, ...types],
    sections: {
      '.debug_ranges': [...little(0x10, 8), ...little(0x800, 8), ...noise(random.below(64)), ...little(0, 16)],
      '.debug_rnglists': generator.list(RANGE_KINDS, false),
      '.debug_loc': [...little(0, 8), ...little(0x900, 8), 2, 0, 0x91, 0x70, ...noise(random.below(64)), ...little(0, 16)],
      '.debug_loclists': generator.list(LOCATION_KINDS, true),
      '.debug_addr': [0x1000, 0x1400, 0x1800, 0].flatMap((value) => little(value, 8)),
      '.debug_str_offsets': [0, 2, 7, 255].flatMap((value) => little(value, 4)),
      '.debug_str': [...Buffer.from('f\0main\0Type<int>\0'), ...noise(32)],
    },
  }); // prettier-ignore
}

class Generator {
  private readonly types = Array.from({ length: 16 }, (_, index) => `type${index}`);
  private readonly others = Array.from({ length: 16 }, (_, index) => `entry${index}`);
  private readonly free = new Set([...this.types, ...this.others]);

  constructor(private readonly random: Random) {}

  unit(): Unit {
    const { random } = this;
    const [low, size] = random.pick([[0x1000, 0x1000], [0x1000, 0x400], [0x1400, 0xc00]]); // prettier-ignore
    const root = entry(
      random.oneIn(12) ? this.tag() : random.pick([TAG.compileUnit, TAG.compileUnit, TAG.partialUnit]),
      [
        [AT.name, text('unit.cc')],
        [AT.lowPc, address(low)],
        random.oneIn(4) ? [AT.ranges, this.listReference(0x23)] : [AT.highPc, data8(size)],
        [AT.language, data1(random.pick(LANGUAGES))],
        [AT.producer, text(random.pick(['clang version 14', 'GNU C17 12.2.0', 'rustc']))],
        ...(random.oneIn(3) ? [[AT.addressBase, sectionOffset(0)] satisfies Attribute] : []),
        ...this.attributes(1),
      ],
      ...this.many(8, () => this.type()),
      ...this.many(6, () => this.declaration(0)),
    );
    return unit(root, { version: 2 + random.below(4), offsetSize: random.pick([4, 8]) });
  }

  typeUnit(index: number): Unit {
    const inner = `signed${index}`;
    const root = entry(
      TAG.typeUnit,
      [],
      entry(TAG.namespace, [[AT.signature, this.signature()]], labelled(inner, this.type())),
    );
    return unit(root, { type: 2, signature: BigInt(index), typeEntry: inner }); // prettier-ignore
  }

  /** A list of DWARF 5 (7.25, 7.7.3), well-formed for a while. */
  list(kinds: readonly (readonly string[])[], hasExpressions: boolean): number[] {
    const { random } = this;
    return Array.from({ length: random.below(12) }, () => {
      const code = random.below(kinds.length);
      const operands = kinds[code]!.flatMap((operand) =>
        operand === 'uleb' ? uleb(random.below(0x900)) : little(0x1000 + random.below(0x1000), 8),
      );
      const isBounded = hasExpressions && !NO_EXPRESSION.includes(code);
      return [code, ...operands, ...(isBounded ? [2, 0x91, random.below(128)] : [])];
    }).concat([[0, 0, 0, 0]]).flat(); // prettier-ignore
  }

  /** A namespace, a function or a variable of a unit. */
  private declaration(depth: number): Entry {
    const { random } = this;
    if (depth < 4 && random.oneIn(4)) {
      const tag = random.pick([TAG.namespace, TAG.structureType, TAG.importedUnit]);
      return this.placed(
        tag,
        this.attributes(3),
        this.many(3, () => this.declaration(depth + 1)),
      );
    }
    if (random.oneIn(4)) return this.variable();
    return this.code(TAG.subprogram, 0);
  }

  /** A scope with code, and what is in it. */
  private code(tag: number, depth: number): Entry {
    const { random } = this;
    const low = 0x1000 + random.below(0x800);
    const ranges: Attribute = random.oneIn(3)
      ? [AT.ranges, this.listReference(0x23)]
      : [AT.highPc, random.pick([data8(random.below(0x800)), udata(0x700)])];
    const place: Attribute[] = random.oneIn(6) ? [] : [[AT.lowPc, address(low)], ranges]; // prettier-ignore
    const inner = (): Entry =>
      random.oneIn(2) ? this.variable() : this.code(random.pick(BLOCKS), depth + 1);
    return this.placed(
      tag,
      [[AT.frameBase, this.location()], ...place, ...this.attributes(3)],
      depth > 5 ? [] : this.many(5, inner),
    );
  }

  private variable(): Entry {
    const { random } = this;
    const tag = random.oneIn(3) ? TAG.formalParameter : TAG.variable;
    const where: Attribute = random.oneIn(5)
      ? [AT.constantValue, random.pick(this.anything())]
      : [AT.location, this.location()];
    return this.placed(tag, [[AT.name, text(random.pick(NAMES))], [AT.type, this.typeReference()], where, ...this.attributes(2)], []); // prettier-ignore
  }

  private type(depth = 0): Entry {
    const { random } = this;
    const [tag, parts] = random.pick(TYPES);
    const part = (): Entry => {
      const own = random.oneIn(10) ? this.tag() : random.pick(parts);
      if (own === TAG.variant || own === TAG.variantPart || own === TAG.structureType)
        return depth > 3 ? entry(own, []) : this.type(depth + 1);
      return this.placed(own, [[AT.type, this.typeReference()], ...this.attributes(4)], []);
    };
    const sized: Attribute[] = random.oneIn(2) ? [[AT.byteSize, udata(random.pick([0, 1, 4, 8, 16]))]] : [];
    const named: Attribute[] = random.oneIn(4) ? [] : [[AT.name, text(random.pick(NAMES))]];
    const made = entry(
      tag,
      [...named, [AT.type, this.typeReference()], ...sized, ...this.attributes(3)],
      ...(parts.length > 0 ? this.many(5, part) : []),
    );
    const label = this.types.find((each) => this.free.has(each));
    if (label === undefined) return made;
    this.free.delete(label);
    return labelled(label, made);
  }

  private placed(tag: number, attributes: Attribute[], children: Entry[]): Entry {
    const made = entry(this.random.oneIn(40) ? this.tag() : tag, attributes, ...children);
    const label = this.random.oneIn(3) ? this.others.find((each) => this.free.has(each)) : undefined;
    if (label === undefined) return made;
    this.free.delete(label);
    return labelled(label, made);
  }

  private many<T>(limit: number, make: () => T): T[] {
    return Array.from({ length: this.random.below(limit + 1) }, make);
  }

  private tag(): number {
    return this.random.pick(TAGS);
  }

  private attributes(limit: number): Attribute[] {
    return this.many(limit, () => {
      const attribute = this.random.pick(this.random.oneIn(3) ? ATTRIBUTES : COMMON);
      return [attribute, this.value(attribute)];
    });
  }

  /** Mostly of a class that the attribute may have. */
  private value(attribute: number): Value {
    const { random } = this;
    if (random.oneIn(12)) return random.pick(this.anything());
    if (TYPE_REFERENCES.includes(attribute)) return this.typeReference();
    if (REFERENCES.includes(attribute)) return random.pick([to, toAny])(random.pick(this.others));
    if (FLAGS.includes(attribute)) return flag;
    if (attribute === AT.signature) return this.signature();
    if (attribute === AT.name) return random.pick([text(random.pick(NAMES)), form(0x1a, random.below(4))]);
    if (attribute === AT.lowPc) return random.pick([address(0x1000 + random.below(0x1000)), form(0x1b, random.below(4))]);
    if (EXPRESSIONS.includes(attribute)) return this.location();
    if (attribute === AT.ranges) return this.listReference(0x23);
    return random.pick([data1(random.below(64)), udata(random.below(4096)), sdata(-random.below(64))]);
  } // prettier-ignore

  private typeReference(): Value {
    const { random } = this;
    if (random.oneIn(20)) return this.signature();
    const label = random.pick(random.oneIn(12) ? this.others : this.types);
    return random.pick([to, toAny, toAny])(label);
  }

  private signature(): Value {
    return form(0x20, ...little(this.random.below(4), 8));
  }

  /** @param indexed DW_FORM_rnglistx or loclistx */
  private listReference(indexed: number): Value {
    const { random } = this;
    return random.oneIn(6) ? form(indexed, ...uleb(random.below(4))) : sectionOffset(random.oneIn(2) ? 0 : random.below(48)); // prettier-ignore
  }

  private location(): Value {
    const { random } = this;
    if (random.oneIn(3)) return this.listReference(0x22);
    if (random.oneIn(2)) return random.pick([expression(0x91, 0x70), expression(0x9c), expression(0x56)]);
    return expression(...Array.from({ length: random.below(12) }, () => random.below(256)));
  }

  private anything(): Value[] {
    const { random } = this;
    return [
      flag,
      this.location(),
      data8(random.pick([0n, 1n << 53n, (1n << 64n) - 1n])),
      udata(random.below(2 ** 32)),
      sectionOffset(random.below(256)),
      form(0x16, ...uleb(random.pick([0x0b, 0x13, 0x16, 0x21])), random.below(256), 0, 0, 0), // indirect
      form(0x22, ...uleb(random.below(300))), // loclistx
      form(0x23, ...uleb(random.below(300))), // rnglistx
      form(0x1b, ...uleb(random.below(300))), // addrx
      form(0x1a, ...uleb(random.below(300))), // strx
      form(0x1e, ...little((1n << 100n) - 1n, 16)), // data16
      form(0x0a, 3, random.below(256), random.below(256), random.below(256)), // block1
      form(0x13, ...little(random.below(400), 4)), // ref4, anywhere
      form(0x10, ...little(random.below(400), 8)), // ref_addr, of the wrong size in 32-bit DWARF
    ];
  }
}

const TAGS: readonly number[] = Object.values(TAG);
const ATTRIBUTES: readonly number[] = Object.values(AT);
const BLOCKS = [TAG.lexicalBlock, TAG.lexicalBlock, TAG.inlinedSubroutine, TAG.gnuFormalParameterPack];
const MEMBERS = [
  TAG.member, TAG.member, TAG.inheritance, TAG.variantPart, TAG.variant, TAG.templateTypeParameter,
  TAG.templateValueParameter, TAG.gnuTemplateParameterPack, TAG.structureType, TAG.variable,
]; // prettier-ignore
/** Types, and what they consist of. */
const TYPES: readonly (readonly [tag: number, parts: readonly number[]])[] = [
  [TAG.baseType, []],
  [TAG.pointerType, []],
  [TAG.referenceType, []],
  [TAG.typedef, [TAG.templateTypeParameter]],
  [TAG.constType, []],
  [TAG.volatileType, []],
  [TAG.pointerToMemberType, []],
  [TAG.structureType, MEMBERS],
  [TAG.structureType, MEMBERS],
  [TAG.unionType, MEMBERS],
  [TAG.classType, MEMBERS],
  [TAG.variantPart, [TAG.variant, TAG.member]],
  [TAG.variant, [TAG.member]],
  [TAG.arrayType, [TAG.subrangeType, TAG.enumerationType, TAG.genericSubrange]],
  [TAG.enumerationType, [TAG.enumerator]],
  [TAG.subroutineType, [TAG.formalParameter, TAG.unspecifiedParameters]],
  [TAG.stringType, []],
  [TAG.unspecifiedType, []],
];
const TYPE_REFERENCES: readonly number[] = [AT.type, AT.containingType];
const REFERENCES: readonly number[] = [
  AT.abstractOrigin,
  AT.specification,
  AT.sibling,
  AT.import,
  AT.discriminant,
];
const FLAGS: readonly number[] = [AT.declaration, AT.external, AT.enumClass, AT.artificial, AT.prototyped];
const EXPRESSIONS: readonly number[] = [AT.location, AT.frameBase, AT.dataMemberLocation];
const COMMON = [
  ...REFERENCES, ...TYPE_REFERENCES, ...FLAGS, ...EXPRESSIONS, AT.name, AT.lowPc, AT.ranges, AT.byteSize, AT.upperBound,
  AT.lowerBound, AT.count, AT.constantValue, AT.bitSize, AT.dataBitOffset, AT.bitOffset, AT.discriminantValue,
  AT.encoding, AT.signature,
]; // prettier-ignore
const NAMES = ['f', 'main', 'Type', 'Type<int>', 'x', '', 'operator<', 'a::b'];
const LANGUAGES = [0x04, 0x04, 0x0c, 0x1c, 0x21, 0x08, 0xff];
/** Operands of DW_RLE_ and DW_LLE_ by code. */
const RANGE_KINDS = [
  [], ['uleb'], ['uleb', 'uleb'], ['uleb', 'uleb'], ['uleb', 'uleb'], ['address'], ['address', 'address'], ['address', 'uleb'],
]; // prettier-ignore
const LOCATION_KINDS = [
  [], ['uleb'], ['uleb', 'uleb'], ['uleb', 'uleb'], ['uleb', 'uleb'], [], ['address'], ['address', 'address'],
  ['address', 'uleb'], ['uleb', 'uleb'],
]; // prettier-ignore
/** end, base_addressx, base_address, view_pair */
const NO_EXPRESSION = [0, 1, 6, 9];
