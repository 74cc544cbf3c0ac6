/** Captures of random C expressions over a struct, whose images may be anywhere. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_CAPTURE_LIMITS } from '../../adapter/capture/captured';
import { lowerCompared, lowerCondition } from '../../adapter/capture/condition';
import type { Capture } from '../../adapter/capture/ir';
import { lowerSite } from '../../adapter/capture/site';
import type { AddressContext } from '../../adapter/dwarf/scope';
import { parseExpression } from '../../adapter/expression/message';
import { typeExpression } from '../../adapter/expression/typing';
import { PAGE_SIZE } from '../../adapter/sys/system';
import { run } from '../unit/value/compiledExpressions';
import { initialValues, RandomExpressions } from '../unit/value/randomExpression';
import { contextAt } from '../unit/value/stopped';

/** A program with the struct; it is only compiled to be asked what its expressions mean. */
export class TypedCaptures {
  private constructor(
    private readonly context: AddressContext,
    private readonly start: number,
    private readonly bytes: Uint8Array,
  ) {}

  static compile(): TypedCaptures {
    const folder = mkdtempSync(join(tmpdir(), 'typed-'));
    try {
      const values = initialValues(new RandomExpressions(1));
      const { program, code, address, bytes } = run(folder, [], values, 'gcc');
      return new TypedCaptures(contextAt(program, code), Number(address), bytes);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Link-time address of the place at which the expressions are evaluated. */
  get address(): AddressContext['address'] {
    return this.context.address;
  }

  /** The pages with the struct where the module has been moved by the bias; other fields than pointers are of `random`. */
  image(bias: bigint, random: Uint8Array): { at: bigint; bytes: Uint8Array } {
    const page = this.start - (this.start % PAGE_SIZE);
    const end = this.start + this.bytes.length;
    const image = Buffer.alloc(Math.ceil((end - page) / PAGE_SIZE) * PAGE_SIZE);
    const struct = image.subarray(this.start - page);
    const original = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    for (let at = 0; at < this.bytes.length; at += 8) {
      const value = original.getBigUint64(at, true);
      const isPointer = value >= BigInt(this.start) && value < BigInt(end);
      if (isPointer) struct.writeBigUInt64LE(value + bias, at);
      else for (let i = at; i < at + 8; i++) struct[i] = random[i % random.length]!;
    }
    return { at: BigInt(page) + bias, bytes: image };
  }

  /** What a message with a random expression captures. */
  message(seed: number): readonly Capture[] {
    const text = new RandomExpressions(seed).expression(3);
    const expression = { text, typed: typeExpression(parseExpression(text), this.context) };
    return lowerSite([expression], this.context, DEFAULT_CAPTURE_LIMITS).program.captures;
  }

  /** Of a random condition; none where the probe cannot work it out. */
  condition(seed: number): Capture | undefined {
    const text = new RandomExpressions(seed).condition(3);
    const lower = seed % 3 === 0 ? lowerCompared : lowerCondition;
    const capture = lower(typeExpression(parseExpression(text), this.context), this.context);
    return 'steps' in capture ? capture : undefined;
  }
}
