/** Random C expressions as a C compiler understands them: a program that prints what they are. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderedValue } from '../../../adapter/value/value';
import { FIELDS } from './randomExpression';

/** What the compiled program prints for an expression: the C type of it, and its value. */
export type Printed = { readonly type: string; readonly value: string } | 'trapped';

export interface Run {
  readonly program: string;
  readonly printed: readonly Printed[];
  /** Link-time address of a function that runs once; the program is not moved. */
  readonly code: number;
  /** The struct. */
  readonly address: bigint;
  readonly bytes: Uint8Array;
}

/** A program that holds the struct, prints it byte by byte, and then each expression as the compiler understands it. */
function source(texts: readonly string[], values: readonly string[]): string {
  const prints = texts.map((text) => `  if (!sigsetjmp(back, 1)) PRINT(${text}); else puts("trapped");`);
  return `
#include <signal.h>
#include <setjmp.h>
#include <stdio.h>
enum colour { RED, GREEN = 5, BLUE };
enum sign { MINUS = -3, PLUS = 3 };
struct record { ${FIELDS.map(({ declaration }) => `${declaration};`).join(' ')} };
struct record s = { ${values.join(', ')} };
static sigjmp_buf back;
static void trap(int signal) { siglongjmp(back, signal); }
#define PRINT(e) do { _Pragma("GCC diagnostic ignored \\"-Wall\\"") _Generic((e), \\
  float: print_float("float", (double)(e)), double: print_float("double", (double)(e)), \\
  int: print_signed("int", (long)(e)), long: print_signed("long", (long)(e)), \\
  unsigned: print_unsigned("unsigned int", (unsigned long)(e)), unsigned long: print_unsigned("unsigned long", (unsigned long)(e)), \\
  char: print_signed("char", (long)(e)), signed char: print_signed("signed char", (long)(e)), \\
  unsigned char: print_unsigned("unsigned char", (unsigned long)(e)), short: print_signed("short", (long)(e)), \\
  unsigned short: print_unsigned("unsigned short", (unsigned long)(e)), _Bool: print_unsigned("_Bool", (unsigned long)(e)), \\
  default: print_unsigned("other", (unsigned long)(e))); } while (0)
static void print_float(const char *type, double value) { printf("%s %a\\n", type, value); }
static void print_signed(const char *type, long value) { printf("%s %ld\\n", type, value); }
static void print_unsigned(const char *type, unsigned long value) { printf("%s %lu\\n", type, value); }
void here(void) {}
int main(void) {
  struct sigaction action = { .sa_handler = trap };
  sigaction(SIGFPE, &action, 0);
  setvbuf(stdout, 0, _IOLBF, 1 << 16);
  printf("%p %p ", (void *)&s, (void *)here);
  for (unsigned i = 0; i < sizeof s; i++) printf("%02x", ((unsigned char *)&s)[i]);
  puts("");
  here();
${prints.join('\n')}
  return 0;
}
`;
}

/** The program is made in the directory. */
export function run(
  directory: string,
  texts: readonly string[],
  values: readonly string[],
  compiler: string,
): Run {
  const file = join(directory, 'expressions.c');
  const program = join(directory, 'expressions');
  writeFileSync(file, source(texts, values));
  execFileSync(compiler, ['-g', '-O0', '-w', '-std=gnu11', '-fwrapv', '-no-pie', file, '-o', program]);
  const [first, ...lines] = execFileSync(program, { encoding: 'utf8', maxBuffer: 1 << 26 })
    .trim()
    .split('\n');
  const [address, code, bytes] = first!.split(' ');
  const printed = lines.map((line): Printed => {
    if (line === 'trapped') return line;
    const split = line.lastIndexOf(' ');
    return { type: line.slice(0, split), value: line.slice(split + 1) };
  });
  assert.equal(printed.length, texts.length);
  return {
    program,
    printed,
    code: Number(code),
    address: BigInt(address!),
    bytes: Buffer.from(bytes!, 'hex'),
  };
}

/** C's hexadecimal floats are exact. */
function hexFloat(text: string): number {
  const match = /^(-?)0x([01])(?:\.([0-9a-f]+))?p([+-]\d+)$/.exec(text);
  if (!match) return Number(text.replace('inf', 'Infinity').replace(/-?nan/, 'NaN'));
  const [, sign, whole, fraction = '', exponent] = match;
  const digits = Number(`0x${whole!}${fraction}`);
  return (sign === '-' ? -1 : 1) * digits * 2 ** (Number(exponent) - 4 * fraction.length);
}

/** Ours in the compiler's terms: `97 'a'` is 97. */
export function isSame(ours: RenderedValue, theirs: Printed): boolean {
  if ('unavailable' in ours) return theirs === 'trapped' || ours.unavailable.code === 'undefined';
  if (theirs === 'trapped') return false;
  const { value } = ours;
  if (value in ENUMERATORS) return ENUMERATORS[value] === Number(theirs.value);
  const type = ours.type.replace(/^bool$/, '_Bool');
  const isFloat = type === 'float' || type === 'double';
  if (isFloat) {
    const [a, b] = [Number(value.replace('inf', 'Infinity')), hexFloat(theirs.value)];
    return theirs.type === type && (Object.is(a, b) || (type === 'float' && Object.is(Math.fround(a), b)));
  }
  const number = value
    .replace(/ .*/, '')
    .replace(/^true$/, '1')
    .replace(/^false$/, '0');
  if (theirs.type === 'other') return BigInt.asUintN(64, BigInt(number)) === BigInt(theirs.value);
  return theirs.type === type && number === theirs.value;
}

const ENUMERATORS: Readonly<Record<string, number>> = { RED: 0, GREEN: 5, BLUE: 6, MINUS: -3, PLUS: 3 };

/** Whether C takes a value for true. */
export const isTrue = ({ type, value }: Exclude<Printed, 'trapped'>): boolean =>
  type === 'float' || type === 'double' ? hexFloat(value) !== 0 : value !== '0';
