import type * as Iced from 'iced-x86';

export type { Instruction } from 'iced-x86';
export type Mnemonic = keyof typeof Iced.Mnemonic;
export type CpuidFeature = keyof typeof Iced.CpuidFeature;

/**
 * iced-x86, loaded at the first use: its WebAssembly module takes about 30 ms. It reads `iced_x86_bg.wasm` from its
 * own directory, in a bundle from the bundle's.
 */
export function iced(): typeof Iced {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a static import would load it at start
  return require('iced-x86') as typeof Iced;
}

/**
 * Decodes the first instruction of `bytes` as if it stood at `address`, and gives it to `use`. All objects live in
 * the module's own memory and are freed.
 */
export function withInstruction<T>(
  bytes: Uint8Array,
  address: number,
  use: (instruction: Iced.Instruction) => T,
): T {
  const { Decoder, DecoderOptions } = iced();
  const decoder = new Decoder(64, bytes, DecoderOptions.None);
  try {
    decoder.ip = BigInt.asUintN(64, BigInt(address));
    const instruction = decoder.decode();
    try {
      return use(instruction);
    } finally {
      instruction.free();
    }
  } finally {
    decoder.free();
  }
}
