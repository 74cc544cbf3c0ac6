import type { VirtualAddress } from '../elf/address';

/**
 * Where a variable lives at one address. Decoded here, interpreted elsewhere (`capture/` lowers it to its IR).
 */
export type Location =
  /** A DWARF expression, decoded (DWARF 5, 2.6). */
  | { readonly kind: 'expression'; readonly operations: readonly Operation[] }
  /** DW_AT_const_value: the bytes of the value, little endian; integers as 8 bytes, sign- or zero-extended. */
  | { readonly kind: 'constant'; readonly bytes: Uint8Array }
  | { readonly kind: 'unavailable'; readonly reason: LocationGap };

/** Why a variable has no location at an address. */
export type LocationGap =
  /** No DW_AT_location and no DW_AT_const_value, or an empty expression. */
  | { readonly code: 'optimisedOut' }
  /** A location list that has no entry for this address. */
  | { readonly code: 'notAtThisAddress' }
  /** It belongs to an inlined function of this name, and the address is outside the ranges of the copy. */
  | { readonly code: 'displaced'; readonly functionName: string }
  | { readonly code: 'undecodable'; readonly detail: string };

/**
 * One operation. Operands are decoded; the opcode's family is folded into one name with its number as operand:
 * DW_OP_lit3 is {op:'constant', value: 3n}, DW_OP_reg5 is {op:'register', register: 5}, DW_OP_breg7 -8 is
 * {op:'registerOffset', register: 7, offset: -8}.
 */
export type Operation =
  /** DW_OP_addr, DW_OP_addrx: a link-time address. */
  | { readonly op: 'address'; readonly address: VirtualAddress }
  /** DW_OP_lit*, const*, constx. */
  | { readonly op: 'constant'; readonly value: bigint }
  /** DW_OP_reg*, regx: the value *is* in this register (DWARF number of the x86-64 psABI). */
  | { readonly op: 'register'; readonly register: number }
  /** DW_OP_breg*, bregx: register + offset. */
  | { readonly op: 'registerOffset'; readonly register: number; readonly offset: number }
  /** DW_OP_fbreg: frame base + offset. */
  | { readonly op: 'frameBaseOffset'; readonly offset: number }
  | { readonly op: 'callFrameCfa' }
  | { readonly op: 'plusConstant'; readonly value: bigint }
  /** DW_OP_deref (size 8), deref_size. */
  | { readonly op: 'dereference'; readonly size: number }
  | { readonly op: 'stackValue' }
  /** DW_OP_piece, bit_piece; sizes in bits. */
  | { readonly op: 'piece'; readonly bitSize: number; readonly bitOffset: number }
  | { readonly op: 'implicitValue'; readonly bytes: Uint8Array }
  | { readonly op: 'binary'; readonly operator: BinaryOperator }
  | { readonly op: 'unary'; readonly operator: 'neg' | 'not' | 'abs' }
  | { readonly op: 'stack'; readonly operator: 'dup' | 'drop' | 'over' | 'swap' | 'rot' }
  | { readonly op: 'pick'; readonly index: number }
  /** DW_OP_skip, bra: `target` is an index in the operations, at most their number. */
  | { readonly op: 'branch'; readonly conditional: boolean; readonly target: number }
  /** DW_OP_const_type: the bytes of a value of this type. */
  | { readonly op: 'typedConstant'; readonly bytes: Uint8Array; readonly type: ValueType }
  /** DW_OP_regval_type: the content of a register, read as this type. */
  | { readonly op: 'typedRegister'; readonly register: number; readonly type: ValueType }
  /** DW_OP_deref_type. */
  | { readonly op: 'typedDereference'; readonly size: number; readonly type: ValueType }
  /** DW_OP_convert, reinterpret; undefined: to the generic type. */
  | { readonly op: 'convert' | 'reinterpret'; readonly type: ValueType | undefined }
  /** DW_OP_implicit_pointer: a pointer to byte `offset` of an object that may be nowhere in memory. */
  | { readonly op: 'implicitPointer'; readonly referent: Referent; readonly offset: number }
  /** DW_OP_call2, call4, call_ref: the location expression of another entry, on this stack. */
  | { readonly op: 'call'; readonly referent: Referent }
  /** DW_OP_GNU_variable_value: the value of a variable. */
  | { readonly op: 'variableValue'; readonly referent: Referent }
  /**
   * DW_OP_entry_value, GNU_parameter_ref: what something was when the function was entered; `name` is the operation's. Only the
   * caller's frame tells: a loop may lead back to the function's first instruction, with other values.
   */
  | { readonly op: 'callerValue'; readonly name: string }
  /** DW_OP_form_tls_address, GNU_push_tls_address: an offset in the thread-local storage of this module -> its address. */
  | { readonly op: 'threadLocal' }
  /** DW_OP_nop, GNU_uninit. */
  | { readonly op: 'nop' }
  /** Decoded as far as its length is known; refused by its DW_OP_ name when captured. */
  | { readonly op: 'unsupported'; readonly name: string };

/**
 * The type of a value on the stack, of at least one byte (DWARF 5, 2.5.1); where there is none it is the generic type: an
 * integer of the size of an address, and no sign of its own.
 */
export interface ValueType {
  readonly kind: 'signed' | 'unsigned' | 'float' | 'other';
  readonly size: number;
  readonly name: string;
}

/** Another entry that an operation refers to, seen from the same address. Read when touched; never throws. */
export interface Referent {
  readonly location: Location;
  /** Undefined where it is no base type, enumeration or pointer. */
  readonly type: ValueType | undefined;
}

export type BinaryOperator =
  | 'and' | 'div' | 'minus' | 'mod' | 'mul' | 'or' | 'plus' | 'shl' | 'shr' | 'shra' | 'xor'
  | 'eq' | 'ge' | 'gt' | 'le' | 'lt' | 'ne'; // prettier-ignore

/** The rule for the canonical frame address in one row of a frame description (DWARF 5, 6.4.1). */
export type CfaRule =
  | { readonly kind: 'registerOffset'; readonly register: number; readonly offset: number }
  | { readonly kind: 'expression'; readonly operations: readonly Operation[] };
