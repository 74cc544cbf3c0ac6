/** Captures of random C expressions over a struct, whose images may be anywhere. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
import { FIELDS, initialValues, RandomExpressions } from '../unit/value/randomExpression';
import { contextAt } from '../unit/value/stopped';

const source = (values: readonly string[]): string => `
#include <stdio.h>
enum colour { RED, GREEN = 5, BLUE };
enum sign { MINUS = -3, PLUS = 3 };
struct record { ${FIELDS.map(({ declaration }) => `${declaration};`).join(' ')} };
struct record s = { ${values.join(', ')} };
void here(void) {}
int main(void) {
  printf("%p %p ", (void *)here, (void *)&s);
  for (unsigned i = 0; i < sizeof s; i++) printf("%02x", ((unsigned char *)&s)[i]);
}
`;

/** A program with the struct; it is only compiled to be asked what its expressions mean. */
export class TypedCaptures {
  private constructor(
    private readonly context: AddressContext,
    private readonly start: number,
    private readonly bytes: Buffer,
  ) {}

  static compile(): TypedCaptures {
    const folder = mkdtempSync(join(tmpdir(), 'typed-'));
    try {
      const [file, program] = [join(folder, 'struct.c'), join(folder, 'struct')];
      writeFileSync(file, source(initialValues(new RandomExpressions(1))));
      execFileSync('gcc', ['-g', '-O0', '-w', '-no-pie', file, '-o', program]);
      const [here, start, bytes] = execFileSync(program, { encoding: 'utf8' }).split(' ');
      return new TypedCaptures(contextAt(program, Number(here)), Number(start), Buffer.from(bytes!, 'hex'));
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
    for (let at = 0; at < this.bytes.length; at += 8) {
      const value = this.bytes.readBigUInt64LE(at);
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
