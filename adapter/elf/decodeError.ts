/** Input that is not what its format says. `section` and `offset` tell where; sentences are made by the front ends. */
export class DecodeError extends Error {
  constructor(
    readonly code: DecodeErrorCode,
    readonly section: string,
    readonly offset: number,
    readonly detail = '',
  ) {
    super(`${code} at ${section}+0x${offset.toString(16)}${detail && `: ${detail}`}`);
    this.name = 'DecodeError';
  }
}

export type DecodeErrorCode =
  | 'notElf'
  | 'unsupportedElf' // 32-bit, big endian, not x86-64: `detail` says which
  | 'truncated'
  | 'outOfRange' // an offset, index or size leads outside its section
  | 'badVersion'
  | 'badForm'
  | 'badEncoding' // LEB128 too long, string without NUL, and the like
  | 'badCompression'
  | 'missingFile' // a part of it is in another file, which `detail` names
  | 'tooLarge' // over a named limit
  | 'tooDeep'; // recursion over a named limit, circles included
