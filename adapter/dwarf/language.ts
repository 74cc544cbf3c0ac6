import type { Unit } from './unit';

/** Source languages, as far as the names of types depend on them. */
export type Language = 'c' | 'cplus' | 'rust' | 'other';

/** DW_LANG_* (DWARF 5, table 7.17, and the codes given out since); assembler counts as C. */
const LANGUAGES: ReadonlyMap<number, Language> = new Map<number, Language>([
  ...[0x01, 0x02, 0x0c, 0x1d, 0x2c, 0x3e, 0x31, 0x8001].map((code) => [code, 'c'] as const),
  ...[0x04, 0x1a, 0x21, 0x2a, 0x2b, 0x37, 0x11].map((code) => [code, 'cplus'] as const),
  [0x1c, 'rust'],
]);

/** Languages whose arrays start at 1: Fortran, COBOL, Pascal, Ada, Modula, PL/I, Julia (DWARF 5, table 7.17). */
const ONE_BASED: ReadonlySet<number> = new Set([
  0x03, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x0e, 0x0f, 0x17, 0x1f, 0x22, 0x23,
]);

/** DW_AT_language of a unit; C where it does not say. @throws DecodeError */
export function languageOf(unit: Pick<Unit, 'language'>): Language {
  const code = unit.language;
  return code === undefined ? 'c' : (LANGUAGES.get(code) ?? 'other');
}

/** Of an array whose bounds do not say. @throws DecodeError */
export const defaultLowerBound = (unit: Unit): bigint => (ONE_BASED.has(unit.language ?? 0) ? 1n : 0n);
