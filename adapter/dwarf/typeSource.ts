import type { Die } from './die';
import type { Type } from './type';

/** What the readers of single types need to read the types that these refer to. */
export interface TypeSource {
  /** DW_AT_type of an entry, void where it has none. @throws DecodeError */
  typeOf(die: Die): Type;
  /** With namespaces and classes; undefined for an anonymous type. */
  nameOf(die: Die): string | undefined;
}
