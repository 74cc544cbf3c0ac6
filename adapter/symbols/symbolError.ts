/** A program, process or library that cannot be worked with. `path` is as the user would name it. */
export class SymbolError extends Error {
  constructor(
    readonly code: SymbolErrorCode,
    readonly path: string,
    readonly detail = '',
  ) {
    super(`${code}: ${path}${detail && ` (${detail})`}`);
    this.name = 'SymbolError';
  }
}

export type SymbolErrorCode =
  | 'noSuchProgram'
  | 'isDirectory'
  | 'notElf'
  | 'unsupportedElf' // 32-bit, big endian, not x86-64: `detail` says which
  | 'damagedElf' // `detail` says what and where
  | 'noSuchProcess'
  | 'notPermitted'
  | 'replacedOnDisk'; // the file that the process runs is gone, and another has its path
