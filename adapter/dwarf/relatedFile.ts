/**
 * Files beside an ELF file that hold parts of its debug information. This folder does no input: whoever may open files
 * passes a `RelatedFiles` in.
 */
import type { DecodeError } from '../elf/decodeError';
import type { ElfImage } from '../elf/image';

export type RelatedFile =
  /** All split units of the program in one file (DWARF 5, 7.3.5). */
  | { readonly kind: 'package' }
  /** DW_AT_dwo_name, and the DW_AT_comp_dir that it is relative to (DWARF 5, 3.1.2). */
  | { readonly kind: 'split'; readonly name: string; readonly directory: string | undefined }
  /** A supplementary file, as .gnu_debugaltlink or .debug_sup names it (DWARF 5, 7.3.6). */
  | { readonly kind: 'supplementary'; readonly name: string; readonly id: string };

export interface RelatedFiles {
  /** Tries the places where a file may be, best first, until one is accepted. */
  find<T>(wanted: RelatedFile, accept: (image: ElfImage, path: string) => Acceptance<T>): Found<T>;
}

export type Acceptance<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: FileProblem };
export type Found<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly attempts: readonly Attempt[] };

/** A file that was looked for, and why it is of no use. */
export interface Attempt {
  readonly path: string;
  readonly problem: FileProblem;
}

export type FileProblem =
  | { readonly code: 'absent' }
  | { readonly code: 'unreadable'; readonly errno: string }
  | { readonly code: 'damaged'; readonly error: DecodeError }
  | { readonly code: 'noDebugInformation' }
  /** It belongs to another build. Hexadecimal; `found` is undefined where the file has none. */
  | {
      readonly code: 'mismatch';
      readonly of: 'build-id' | 'CRC' | 'dwo_id';
      readonly expected: string;
      readonly found: string | undefined;
    };

export const NO_RELATED_FILES: RelatedFiles = { find: () => ({ ok: false, attempts: [] }) };
