/**
 * Numbers that must not be mixed, each with the space it lives in.
 *
 * An address is the *signed* reading of its 64 bits, so that user space (below 2^47) and the kernel
 * (0xffff8000_00000000 and above, here a small negative number) are both exact in a JavaScript number.
 */
declare const space: unique symbol;

/** An address as the linker gave it: before the load bias. Signed reading of 64 bits. */
export type VirtualAddress = number & { readonly [space]: 'virtual' };
/** An address in a running process: virtual address + load bias. */
export type RuntimeAddress = number & { readonly [space]: 'runtime' };
/** Bytes from the start of an ELF file; what a uprobe is attached to. */
export type FileOffset = number & { readonly [space]: 'file' };
/** Bytes from the start of .debug_info. */
export type DieOffset = number & { readonly [space]: 'die' };
/** Index of a site in its backend: the cookie of its uprobe and the row of its counters. */
export type SiteId = number & { readonly [space]: 'site' };

/** Half open: `low <= address < high`. */
export interface AddressRange {
  readonly low: VirtualAddress;
  readonly high: VirtualAddress;
}

export const virtualAddress = (value: number): VirtualAddress => value as VirtualAddress;
export const fileOffset = (value: number): FileOffset => value as FileOffset;

/** `0x` and lower-case digits, as gdb prints it. */
export const formatAddress = (address: VirtualAddress | RuntimeAddress): string =>
  '0x' + (address >= 0 ? address : BigInt.asUintN(64, BigInt(address))).toString(16);
