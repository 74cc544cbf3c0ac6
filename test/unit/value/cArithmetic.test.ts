import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Register } from '../../../adapter/x86/register';
import type { RenderedValue } from '../../../adapter/value/value';
import { contextAt, truthAt, valuesAt } from './stopped';
import type { Stop } from './gdb';
import { RandomExpressions, FIELDS, initialValues } from './randomExpression';

/** What the compiled program prints for an expression: the C type of it, and its value. */
type Printed = { readonly type: string; readonly value: string } | 'trapped';

interface Run {
  readonly program: string;
  readonly printed: readonly Printed[];
  readonly code: number;
  readonly target: Stop;
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
${prints.join('\n')}
  return 0;
}
`;
}

function run(directory: string, texts: readonly string[], values: readonly string[], compiler: string): Run {
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
    target: stopWith(BigInt(address!), Buffer.from(bytes!, 'hex')),
  };
}

/** Memory has these bytes alone. */
function stopWith(address: bigint, bytes: Uint8Array): Stop {
  const read = (from: bigint, size: number): Uint8Array | undefined => {
    const offset = Number(from - address);
    return offset >= 0 && offset + size <= bytes.length ? bytes.subarray(offset, offset + size) : undefined;
  };
  return { registers, loadBias: 0n, read } as Partial<Stop> as Stop;
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
function isSame(ours: RenderedValue, theirs: Printed): boolean {
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
const isTrue = ({ type, value }: Exclude<Printed, 'trapped'>): boolean =>
  type === 'float' || type === 'double' ? hexFloat(value) !== 0 : value !== '0';

const registers = new Proxy({} as Record<Register, bigint>, { get: () => 0n });

describe('Arithmetic in messages is what the C compiler makes of it', function () {
  this.timeout(120_000);
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-arithmetic-'));
  after(() => {
    rmSync(directory, { recursive: true });
  });

  for (const [compiler, seed] of [
    ['gcc', 1],
    ['gcc', 2],
    ['clang', 3],
  ] as const)
    // prettier-ignore
    it(`for random expressions over a struct, ${compiler}, seed ${seed}`, () => {
      const random = new RandomExpressions(seed);
      const texts = Array.from({ length: 2000 }, () => random.expression(4));
      const { program, printed, code, target } = run(directory, texts, initialValues(random), compiler);
      const ours = valuesAt(target, contextAt(program, code), texts);
      const wrong = texts.flatMap((text, i) => {
        const value = ours.get(text)!;
        return isSame(value, printed[i]!) ? [] : [{ text, ours: value, theirs: printed[i] }];
      });
      assert.deepEqual(wrong.slice(0, 5), []);
      const undefinedOnes = [...ours.values()].filter((value) => 'unavailable' in value).length;
      assert.ok(undefinedOnes < texts.length / 3, `${undefinedOnes} have no value`);
    });
});

describe('Conditions hold where the C compiler says so', function () {
  this.timeout(120_000);
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-conditions-'));
  after(() => {
    rmSync(directory, { recursive: true });
  });

  for (const [compiler, seed] of [
    ['gcc', 11],
    ['clang', 12],
  ] as const)
    it(`for random expressions over a struct, ${compiler}, seed ${seed}`, () => {
      const random = new RandomExpressions(seed);
      const texts = Array.from({ length: 2000 }, () => random.condition(4));
      const { program, printed, code, target } = run(directory, texts, initialValues(random), compiler);
      const context = contextAt(program, code);
      const ours = texts.map((text) => truthAt(target, context, text));
      const wrong = texts.flatMap((text, i) => {
        const [truth, theirs] = [ours[i], printed[i]!];
        // What C leaves undefined has no value here, whatever a compiler makes of it.
        if (truth === 'refused' || truth === undefined) return [];
        return theirs !== 'trapped' && truth === isTrue(theirs) ? [] : [{ text, truth, theirs }];
      });
      assert.deepEqual(wrong.slice(0, 5), []);
      const refused = ours.filter((truth) => truth === 'refused').length;
      const failed = ours.filter((truth) => truth === undefined).length;
      assert.ok(refused < texts.length / 2, `${refused} are refused`);
      assert.ok(failed < texts.length / 4, `${failed} have no value`);
      assert.ok(ours.filter((truth) => truth === true).length > texts.length / 10);
      assert.ok(ours.filter((truth) => truth === false).length > texts.length / 10);
    });
});
