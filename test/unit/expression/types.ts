/** Types of C, variables and contexts built by hand: what a program's debug information would say. */
import type { Location, Operation } from '../../../adapter/dwarf/location';
import type { AddressContext, Scope, Variable } from '../../../adapter/dwarf/scope';
import type {
  ArrayType,
  BaseEncoding,
  BaseType,
  EnumType,
  FunctionType,
  Member,
  PointerType,
  QualifiedType,
  StructType,
  Type,
  TypedefType,
} from '../../../adapter/dwarf/type';
import { byteSize } from '../../../adapter/dwarf/type';
import { virtualAddress } from '../../../adapter/elf/address';

export const base = (name: string, size: number, encoding: BaseEncoding): BaseType => ({
  kind: 'base',
  name,
  byteSize: size,
  encoding,
});
export const char = base('char', 1, 'signedChar');
export const signedChar = base('signed char', 1, 'signedChar');
export const unsignedChar = base('unsigned char', 1, 'unsignedChar');
export const bool = base('_Bool', 1, 'boolean');
export const short = base('short', 2, 'signed');
export const int = base('int', 4, 'signed');
export const unsignedInt = base('unsigned int', 4, 'unsigned');
export const long = base('long', 8, 'signed');
export const unsignedLong = base('unsigned long', 8, 'unsigned');
export const int128 = base('__int128', 16, 'signed');
export const float = base('float', 4, 'float');
export const double = base('double', 8, 'float');
export const nothing = { kind: 'void' } as const;

export const pointer = (target: Type): PointerType => ({
  kind: 'pointer',
  flavour: 'pointer',
  language: 'c',
  name: undefined,
  byteSize: 8,
  target,
});
export const reference = (target: Type): PointerType => ({
  kind: 'pointer',
  flavour: 'reference',
  language: 'c',
  name: undefined,
  byteSize: 8,
  target,
});
export const qualified = (qualifier: QualifiedType['qualifier'], target: Type): QualifiedType => ({
  kind: 'qualified',
  language: 'c',
  qualifier,
  target,
});
export const constant = (target: Type): QualifiedType => qualified('const', target);
export const typedef = (name: string, target: Type): TypedefType => ({ kind: 'typedef', name, target });
export const array = (element: Type, count: number | undefined): ArrayType => ({
  kind: 'array',
  flavour: 'array',
  language: 'c',
  element,
  count,
  extent: count === undefined ? 'flexible' : 'fixed',
  strideBits: undefined,
  byteSize: count === undefined ? undefined : count * (byteSize(element) ?? 0),
});
export const procedure = (result: Type, ...parameters: Type[]): FunctionType => ({
  kind: 'function',
  language: 'c',
  result,
  parameters,
  isVariadic: false,
  isPrototyped: true,
});
export const enumeration = (name: string | undefined, values: Record<string, number | bigint>): EnumType => ({
  kind: 'enum',
  language: 'c',
  name,
  isScoped: false,
  underlying: undefined,
  byteSize: 4,
  signed: false,
  enumerators: Object.entries(values).map(([enumerator, value]) => ({
    name: enumerator,
    value: BigInt(value),
  })),
});

export const member = (name: string | undefined, offset: number, type: Type): Member => ({
  name,
  offset,
  computed: undefined,
  type,
  bits: undefined,
  inherited: false,
});
export const baseClass = (type: StructType, offset: number): Member => ({
  ...member(type.name, offset, type),
  inherited: true,
});
export const bitField = (name: string, offset: number, type: Type, first: number, size: number): Member => ({
  ...member(name, offset, type),
  bits: { offset: first, size },
});
export const struct = (
  name: string | undefined,
  size: number | undefined,
  members: readonly Member[],
): StructType => ({
  kind: 'struct',
  keyword: 'struct',
  language: 'c',
  name,
  byteSize: size,
  members,
  variantPart: undefined,
  staticMembers: [],
  templateTypes: [],
});
export const union = (name: string | undefined, size: number, members: readonly Member[]): StructType => ({
  ...struct(name, size, members),
  keyword: 'union',
});

/** `struct node { int id; const char *name; struct node *next; double weight; char tag[8]; }` */
export const node: StructType = {
  ...struct('node', 40, []),
  get members() {
    return [
      member('id', 0, int),
      member('name', 8, pointer(constant(char))),
      member('next', 16, pointer(node)),
      member('weight', 24, double),
      member('tag', 32, array(char, 8)),
    ];
  },
};

export const expression = (...operations: Operation[]): Location => ({ kind: 'expression', operations });
/** DW_OP_fbreg. */
export const inFrame = (offset: number): Location => expression({ op: 'frameBaseOffset', offset });
/** DW_OP_reg*, by the number of the x86-64 psABI. */
export const inRegister = (register: number): Location => expression({ op: 'register', register });
/** DW_OP_addr. */
export const atAddress = (address: number): Location =>
  expression({ op: 'address', address: virtualAddress(address) });
export const optimisedOut: Location = { kind: 'unavailable', reason: { code: 'optimisedOut' } };

export const variable = (name: string, type: Type, location: Location): Variable => ({
  name,
  type,
  scope: 'local',
  location,
  declarationLine: undefined,
});

const main: Scope = {
  kind: 'subprogram',
  name: 'main',
  ranges: [{ low: virtualAddress(0x1000), high: virtualAddress(0x1100) }],
  entry: virtualAddress(0x1000),
  parent: undefined,
};

/** A function as gcc -O0 makes it: the frame base is the CFA, which is %rbp + 16. */
export function context(
  variables: readonly Variable[],
  change: Partial<AddressContext> = {},
): AddressContext {
  return {
    address: virtualAddress(0x1010),
    scope: main,
    subprogram: main,
    producer: 'GNU C17',
    language: 12,
    frameBase: expression({ op: 'callFrameCfa' }),
    cfa: { kind: 'registerOffset', register: 6, offset: 16 },
    threadStorage: undefined,
    locals: () => variables,
    frameLocals: () => variables,
    globals: () => [],
    lookup: (name) => variables.find((candidate) => candidate.name === name),
    global: () => undefined,
    typeNamed: () => undefined,
    enumerator: () => undefined,
    ...change,
  };
}
