import type { AddressRange, VirtualAddress } from '../elf/address';
import type { CfaRule, Location } from './location';
import type { EnumType, Type } from './type';

/**
 * A lexical block, inlined subroutine or subprogram that covers an address; `parent` leads outwards, ending at the
 * concrete subprogram. Names come through DW_AT_abstract_origin and DW_AT_specification.
 */
export interface Scope {
  readonly kind: 'block' | 'inlined' | 'subprogram';
  /** Name in the source, with its namespaces and classes (`ns::Class::f`); undefined for a block. */
  readonly name: string | undefined;
  readonly ranges: readonly AddressRange[];
  /** DW_AT_entry_pc or the low end of the first range. */
  readonly entry: VirtualAddress;
  readonly parent: Scope | undefined;
}

export interface Variable {
  readonly name: string;
  readonly type: Type;
  readonly scope: 'argument' | 'local' | 'global';
  /** Its location at the address that was asked for. */
  readonly location: Location;
  readonly declarationLine: number | undefined;
}

/** What a type's name may follow; `struct` and `class` are one in C++. */
export type TypeKeyword = 'struct' | 'union' | 'class' | 'enum';

/** A name for a value of an enum. */
export interface Enumerator {
  readonly type: EnumType;
  readonly value: bigint;
}

/** What an address means: the answer to "which variables are live here, and where". */
export interface AddressContext {
  readonly address: VirtualAddress;
  /** The innermost scope. */
  readonly scope: Scope;
  /** The subprogram that holds the machine code: the outermost scope. */
  readonly subprogram: Scope;
  /** DW_AT_producer and DW_AT_language (DW_LANG_ number) of the unit. */
  readonly producer: string | undefined;
  readonly language: number | undefined;
  /** The subprogram's DW_AT_frame_base at this address. */
  readonly frameBase: Location;
  /** From .eh_frame or .debug_frame; undefined when neither covers the address. */
  readonly cfa: CfaRule | undefined;
  /**
   * Bytes from the start of the module's thread-local storage up to the thread pointer; undefined where only the run-time
   * loader knows, as for libraries.
   */
  readonly threadStorage: number | undefined;
  /**
   * Arguments and locals from the innermost scope outwards, up to and including the subprogram, each name once
   * (the innermost of shadowed names).
   */
  locals(): readonly Variable[];
  /**
   * Those of the innermost function alone: what belongs to one frame of the source, inlined or not. Those of a function that
   * is displaced there (LineSite) come before them, as before `locals`.
   */
  frameLocals(): readonly Variable[];
  /** Variables of the unit (file scope), each name once. */
  globals(): readonly Variable[];
  /** Finds a name as the source at this address would: locals outwards, then the unit's, then other units' external ones. */
  lookup(name: string): Variable | undefined;
  /** A variable outside functions by its whole name, whatever hides it here; with a file, that of the unit of this source. */
  global(name: string, file: string | undefined): Variable | undefined;
  /** The type that has this name, after that keyword, as seen from here: struct, class, union, enum, typedef or base type. */
  typeNamed(name: string, keyword: TypeKeyword | undefined): Type | undefined;
  /** The enumerator of this name, as seen from here. */
  enumerator(name: string): Enumerator | undefined;
}
