/** Damage to bytes: flips, cuts, splices, and the numbers that parsers trip over. */
import type { Random } from './random';

/** A part of a file that may be damaged. */
export interface Region {
  readonly offset: number;
  readonly size: number;
}

/** A copy with up to eight places damaged. @param regions where, at least one that is not empty */
export function mutated(bytes: Uint8Array, regions: readonly Region[], random: Random): Uint8Array {
  const copy = Uint8Array.from(bytes);
  for (let count = 1 + random.below(8); count > 0; count--) {
    // Small sections are as likely as large ones.
    const { offset, size } = random.pick(regions);
    random.pick(MUTATIONS)(copy.subarray(offset, offset + size), random);
  }
  return random.oneIn(64) ? copy.subarray(0, random.below(copy.length)) : copy;
}

type Mutation = (region: Uint8Array, random: Random) => void;

const MUTATIONS: readonly Mutation[] = [
  (region, random) => {
    region[random.below(region.length)]! ^= 1 << random.below(8);
  },
  (region, random) => {
    region[random.below(region.length)] = random.below(256);
  },
  (region, random) => {
    place(region, random.pick(INTEGERS), random);
  },
  (region, random) => {
    place(region, random.pick(LEB128), random);
  },
  // A splice from elsewhere in the same region.
  (region, random) => {
    const from = random.below(region.length);
    place(region, region.slice(from, from + 1 + random.below(64)), random);
  },
  // A cut: what follows moves up, and the end is zero.
  (region, random) => {
    const at = random.below(region.length);
    const length = 1 + random.below(16);
    region.copyWithin(at, at + length);
    region.fill(0, Math.max(at, region.length - length));
  },
  (region, random) => {
    const at = random.below(region.length);
    region.fill(random.pick([0, 0xff, 0x80, 0x7f]), at, at + 1 + random.below(256));
  },
];

/** As far as it fits. */
function place(region: Uint8Array, value: Uint8Array, random: Random): void {
  const at = random.below(region.length);
  region.set(value.subarray(0, region.length - at), at);
}

const little = (value: bigint, size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));

const EDGES = [
  0n,
  1n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fff0n,
  0xffff_ffffn,
];
const WIDE_EDGES = [1n << 32n, 1n << 53n, (1n << 53n) - 1n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n];
const INTEGERS = [
  ...EDGES.flatMap((value) => [2, 4, 8].map((size) => little(value, size))),
  ...WIDE_EDGES.map((value) => little(value, 8)),
  // A length of 64-bit DWARF (DWARF 5, 7.4)
  ...WIDE_EDGES.map((value) => Uint8Array.from([0xff, 0xff, 0xff, 0xff, ...little(value, 8)])),
];
const LEB128 = [
  [0x80, 0x00], [0xff, 0x7f], [0xff, 0xff, 0xff, 0xff, 0x0f], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01], Array.from({ length: 12 }, () => 0x80),
].map((bytes) => Uint8Array.from(bytes)); // prettier-ignore
