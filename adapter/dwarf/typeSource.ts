import type { Die } from './die';
import type { Type } from './type';

/** What the readers of single types need to read the types that these refer to. */
export interface TypeSource {
  /** DW_AT_type of an entry, void where it has none. Never throws. */
  typeOf(die: Die): Type;
  /** The type that another attribute of an entry refers to, void where it has none. Never throws. */
  typeIn(die: Die, attribute: number): Type;
  /** With namespaces and classes; undefined for an anonymous type. */
  nameOf(die: Die): string | undefined;
  /** Of the namespace or type in which an entry is declared. */
  scopeOf(die: Die): string | undefined;
  /** The entry that completes a declaration; the entry itself where it is complete or nothing completes it. */
  definitionOf(die: Die): Die;
}
