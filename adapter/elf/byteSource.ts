/**
 * Where bytes come from. `elf` and `dwarf` do no input or output: whoever opens a file passes one of these in.
 */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /**
   * `length` bytes from `offset`. The result may be shared: do not write to it.
   * @throws RangeError if the range does not lie inside the source.
   */
  read(offset: number, length: number): Uint8Array;
}
