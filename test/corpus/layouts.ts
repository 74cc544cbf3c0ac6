/** The layouts of a program's types, ours and gdb's, in the same words. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugInfo } from '../../adapter/dwarf/debugInfo';
import {
  byteSize,
  stripped,
  type EnumType,
  type Member,
  type StructType,
  type Type,
} from '../../adapter/dwarf/type';
import { typeName } from '../../adapter/dwarf/typeName';

/** By name, what layouts types of that name have. */
export type Layouts = ReadonlyMap<string, ReadonlySet<string>>;

/** Of every struct, union, class and enum with a name or a typedef, in the words of gdb_layouts.py. */
export function ourLayouts(info: DebugInfo): Layouts {
  const found = new Map<string, Set<string>>();
  const record = (name: string, type: Aggregate): void => {
    const layouts = found.get(name) ?? new Set();
    found.set(name, layouts.add(layout(type, 0)));
  };
  for (const type of info.types()) {
    const inner = stripped(type);
    if (inner.kind !== 'struct' && inner.kind !== 'enum') continue;
    if (type === inner && inner.name !== undefined) record(inner.name, inner);
    if (type.kind === 'typedef' && isUnnamed(type.target)) record(type.name, inner);
  }
  return found;
}

/** gdb follows typedefs to an unnamed type, which a typedef of a typedef leads to, too. */
const isUnnamed = (type: Type): boolean => {
  const inner = stripped(type);
  return 'name' in inner && inner.name === undefined;
};

type Aggregate = StructType | EnumType;

function layout(type: Aggregate, depth: number): string {
  const fields = type.kind === 'enum' ? enumFields(type) : structFields(type, depth);
  return `${type.byteSize ?? 0} {${fields.join('; ')}}`;
}

/** gdb's Python has the values as signed. */
const enumFields = ({ enumerators }: EnumType): string[] =>
  enumerators.map(({ name, value }) => `${name}=${BigInt.asIntN(64, value)}`);

function structFields(struct: StructType, depth: number): string[] {
  const { variantPart } = struct;
  const discriminant = variantPart?.discriminant ? [variantPart.discriminant] : [];
  const variants = variantPart?.variants.flatMap(({ members }) => members) ?? [];
  return [
    ...[...struct.members, ...discriminant, ...variants].map((member) => memberText(member, depth)),
    ...struct.staticMembers.map(({ name, type }) => `static ${name} ${described(type, depth)}`),
  ];
}

function memberText(member: Member, depth: number): string {
  const { offset, bits } = member;
  const place = offset === undefined ? '?' : `${8 * offset + (bits?.offset ?? 0)}:${bits?.size ?? 0}`;
  return `${member.inherited ? 'base ' : ''}${member.name ?? ''}@${place} ${described(member.type, depth)}`;
}

function described(type: Type, depth: number): string {
  const inner = unnamedIn(type);
  const text = `${typeName(type)} ${sizeForGdb(type)}`;
  return inner === undefined || depth === MAX_DEPTH ? text : `${text} ${layout(inner, depth + 1)}`;
}

/** The unnamed struct, union or enum that a type is made of, if it is. */
function unnamedIn(type: Type): Aggregate | undefined {
  let inner = unqualified(type);
  for (let i = 0; i < MAX_DEPTH; i++) {
    if (inner.kind === 'struct' || inner.kind === 'enum') return inner.name === undefined ? inner : undefined;
    if (inner.kind === 'pointer') inner = unqualified(inner.target);
    else if (inner.kind === 'array') inner = unqualified(inner.element);
    else return undefined;
  }
  return undefined;
}

const unqualified = (type: Type): Type => (type.kind === 'qualified' ? unqualified(type.target) : type);

/** What gdb says of types that have no size: void is 1, what is only declared 0. */
function sizeForGdb(type: Type): number {
  const { kind } = stripped(type);
  if (kind === 'void') return 1;
  return kind === 'function' ? 0 : (byteSize(type) ?? 0);
}

/** gdb's, of all types in blocks that have code and in the units around them, and of those of these names. */
export function gdbLayouts(program: string, info: DebugInfo, names: readonly string[]): Layouts {
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-gdb-'));
  const [input, output] = [join(directory, 'request.json'), join(directory, 'answer.json')];
  try {
    writeFileSync(input, JSON.stringify({ addresses: addressesOf(info), names }));
    execFileSync('gdb', ['-nx', '-batch', '-x', join(__dirname, 'gdb_layouts.py'), program], {
      env: { ...process.env, IN: input, OUT: output },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const found = JSON.parse(readFileSync(output, 'utf8')) as Record<string, string[]>;
    return new Map(Object.entries(found).map(([name, layouts]) => [name, new Set(layouts)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Of each function, with the language in which gdb is to write names. */
function addressesOf(info: DebugInfo): Record<string, string> {
  const functions = [...info.functions()].map(({ entry, unit }) => [
    `0x${BigInt.asUintN(64, BigInt(entry)).toString(16)}`,
    GDB_LANGUAGES[unit.language ?? 0] ?? 'c',
  ]);
  return Object.fromEntries(functions) as Record<string, string>;
}

/** By DW_LANG_ code. */
const GDB_LANGUAGES: Readonly<Record<number, string>> = {
  0x04: 'c++',
  0x1a: 'c++',
  0x21: 'c++',
  0x1c: 'rust',
};
const MAX_DEPTH = 20;

/** Why a layout of ours is not gdb's; `other` where there is no reason that would be ours to give. */
type Difference = (typeof DIFFERENCES)[number];
export const DIFFERENCES = ['rustPointers', 'wordOrder', 'gdbDropsMembers', 'other'] as const;

export interface Comparison {
  /** Names under which all layouts of gdb's are ours, too. */
  readonly same: number;
  readonly different: ReadonlyMap<Difference, readonly string[]>;
  /** Names that gdb has and we do not. */
  readonly missing: readonly string[];
  /** Names under which gdb finds no type: of types in blocks without code. */
  readonly onlyOurs: readonly string[];
}

export function compareLayouts(program: string, info: DebugInfo): Comparison {
  const ours = ourLayouts(info);
  const gdbs = gdbLayouts(program, info, [...ours.keys()]);
  const different = new Map<Difference, string[]>();
  let same = 0;
  for (const [name, layouts] of gdbs) {
    const own = ours.get(name);
    const odd = own && [...layouts].find((layout) => !own.has(layout));
    if (odd === undefined) same += own ? 1 : 0;
    else {
      const why = differenceOf(odd, [...own!]);
      different.set(why, [...(different.get(why) ?? []), `${name}: ${odd} is ${[...own!].join(' or ')}`]);
    }
  }
  return {
    same,
    different,
    missing: [...gdbs.keys()].filter((name) => !ours.has(name)),
    onlyOurs: [...ours.keys()].filter((name) => !gdbs.has(name)),
  };
}

/** Of gdb's layout from the one of ours that explains it best. */
function differenceOf(gdbs: string, ours: readonly string[]): Difference {
  const found = ours.map((own) => explained(gdbs, own));
  return DIFFERENCES.find((each) => found.includes(each)) ?? 'other';
}

function explained(gdbs: string, own: string): Difference {
  const [left, right] = [gdbs.split(FIELD_END), own.split(FIELD_END)];
  const odd = left.flatMap((text, i) => (text === right[i] ? [] : [[text, right[i] ?? ''] as const]));
  if (left.length !== right.length) return 'other';
  // gdb calls all pointers `*mut`; the debug information has their names.
  if (odd.every(([a, b]) => a.includes('*mut ') && sameButName(a, b))) return 'rustPointers';
  // `__int128 unsigned`, as the compilers write it.
  if (odd.every(([a, b]) => a.includes('__int128') && sameButName(a, b))) return 'wordOrder';
  const size = /^\d+/.exec(gdbs)?.[0];
  if (size !== '0' && gdbs.includes('{}') && own.startsWith(`${size!} {`)) return 'gdbDropsMembers';
  return 'other';
}

/** Not that of Rust's `[u8; 4]`. */
const FIELD_END = /; (?!\d+\])/;

/** Are place and size of two fields the same? */
const sameButName = (a: string, b: string): boolean => placeAndSize(a) === placeAndSize(b);
const placeAndSize = (field: string): string =>
  `${/^[^ ]*( \{[^ ]*)?/.exec(field)?.[0] ?? ''} ${/(\d+)\}*$/.exec(field)?.[1] ?? field}`;
