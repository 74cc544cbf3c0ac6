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
  | { readonly op: 'nop' }
  /** Decoded as far as its length is known; refused by its DW_OP_ name when captured. */
  | { readonly op: 'unsupported'; readonly name: string };

export type BinaryOperator =
  | 'and' | 'div' | 'minus' | 'mod' | 'mul' | 'or' | 'plus' | 'shl' | 'shr' | 'shra' | 'xor'
  | 'eq' | 'ge' | 'gt' | 'le' | 'lt' | 'ne'; // prettier-ignore

/** The rule for the canonical frame address in one row of a frame description (DWARF 5, 6.4.1). */
export type CfaRule =
  | { readonly kind: 'registerOffset'; readonly register: number; readonly offset: number }
  | { readonly kind: 'expression'; readonly operations: readonly Operation[] };
