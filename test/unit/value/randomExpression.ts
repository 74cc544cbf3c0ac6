/** Random C expressions over a struct that has a field of each arithmetic type. */

export interface Field {
  readonly declaration: string;
  readonly text: string;
  readonly kind: 'integer' | 'float' | 'pointer';
}

const field = (declaration: string, name: string, kind: Field['kind'] = 'integer'): Field => ({
  declaration,
  text: `s.${name}`,
  kind,
});

export const FIELDS: readonly Field[] = [
  field('char c', 'c'),
  field('signed char sc', 'sc'),
  field('unsigned char uc', 'uc'),
  field('short h', 'h'),
  field('unsigned short uh', 'uh'),
  field('int i', 'i'),
  field('unsigned u', 'u'),
  field('long l', 'l'),
  field('unsigned long ul', 'ul'),
  field('int j', 'j'),
  field('_Bool b', 'b'),
  field('int bits : 5', 'bits'),
  field('unsigned ubits : 7', 'ubits'),
  field('unsigned whole : 32', 'whole'),
  field('unsigned long wide : 20', 'wide'),
  field('enum colour colour', 'colour'),
  field('enum sign sign', 'sign'),
  field('float f', 'f', 'float'),
  field('float g', 'g', 'float'),
  field('double d', 'd', 'float'),
  field('double e', 'e', 'float'),
  field('int *p', 'p', 'pointer'),
  field('int *q', 'q', 'pointer'),
  field('struct record *r', 'r', 'pointer'),
  field('int a[8]', 'a[3]'),
];

/** Initialisers for the fields, in order. */
export function initialValues(random: RandomExpressions): string[] {
  return FIELDS.map(({ declaration, kind }) => {
    if (declaration.endsWith('a[8]')) return '{ 3, 1, 4, 1, 5, 9, 2, 6 }';
    if (declaration === 'int *p') return '&s.a[2]';
    if (declaration === 'int *q') return '&s.a[5]';
    if (declaration.startsWith('struct')) return '&s';
    if (declaration.startsWith('enum colour')) return 'GREEN';
    if (declaration.startsWith('enum sign')) return 'MINUS';
    return kind === 'float' ? random.pick(FLOATS) : random.pick(INTEGERS);
  });
}

/** mulberry32 */
export class RandomExpressions {
  constructor(private state: number) {}

  /** Of at most `depth` operators above each other. */
  expression(depth: number): string {
    if (depth === 0 || this.below(6) === 0) return this.leaf();
    const make = this.pick(this.forms);
    return make(depth - 1);
  }

  /** What a condition may be: floats are compared and converted, and not computed with. */
  condition(depth: number): string {
    const operator = this.pick(['<', '<=', '>', '>=', '==', '!=']);
    if (depth === 0) return `(${this.leaf()} ${operator} ${this.leaf()})`;
    const below = (): string => this.condition(depth - 1);
    return this.pick([
      () => `(${below()} && ${below()})`,
      () => `(${below()} || ${below()})`,
      () => `(${below()} ? ${below()} : ${below()})`,
      () => `!(${below()})`,
      () => this.whole(depth),
      () => `(${this.whole(depth)} ${operator} ${this.leaf()})`,
      () => `(${this.leaf()} ${operator} ${this.whole(depth)})`,
    ])();
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }

  private readonly forms: readonly ((depth: number) => string)[] = [
    ...['+', '-', '*', '/', '<', '<=', '>', '>=', '==', '!=', '&&', '||'].map(
      (operator) => (depth: number) => `(${this.expression(depth)} ${operator} ${this.expression(depth)})`,
    ),
    ...['%', '&', '|', '^', '<<', '>>'].map(
      (operator) => (depth: number) => `(${this.integer(depth)} ${operator} ${this.integer(depth)})`,
    ),
    (depth) => `(${this.integer(depth)} << ${this.below(31)})`,
    (depth) => `(${this.integer(depth)} >> ${this.below(31)})`,
    (depth) => `-${this.guarded(depth)}`,
    (depth) => `+${this.guarded(depth)}`,
    (depth) => `!${this.guarded(depth)}`,
    (depth) => `~${this.integer(depth)}`,
    (depth) => `(${this.pick(TYPES)})${this.guarded(depth)}`,
    (depth) => `(${this.expression(depth)} ? ${this.expression(depth)} : ${this.expression(depth)})`,
    () => `(s.p ${this.pick(['<', '>', '==', '!=', '<=', '>='])} s.q)`,
    () => '(s.q - s.p)',
    () => `s.a[${this.index()} & 7]`,
    () => `*(s.a + (${this.index()} & 7))`,
    () => `s.q[-(${this.index()} & 3)]`,
    () => `s.r->${this.pick(['i', 'r->l', 'p[1]', 'r->r->f', 'ubits', 'a[2]'])}`,
    () => `(&s.a[${this.below(8)}] - s.p)`,
    () => '(s.p && *s.p)',
    () => `sizeof(${this.pick(['s', 'int', 's.a', 'struct record', 'unsigned long', 's.c + 1'])})`,
  ];

  /** Of integer type, computed from integers alone. */
  private whole(depth: number): string {
    if (depth === 0)
      return this.below(4) === 0 ? `(${this.pick(TYPES.slice(0, 9))})${this.leaf()}` : this.pick(WHOLE);
    const operator = this.pick([
      '+',
      '-',
      '*',
      '/',
      '%',
      '&',
      '|',
      '^',
      '<<',
      '>>',
      '<',
      '==',
      '>=',
      '&&',
      '||',
    ]);
    const below = (): string => this.whole(depth - 1);
    return this.pick([() => `(${below()} ${operator} ${below()})`, () => `(${below()} ${operator} ${below()})`, () => `-(${below()})`, () => `~(${below()})`, () => this.condition(depth - 1)])(); // prettier-ignore
  }

  /** What an address may be worked out from: integers, but no quotients, and no branches. */
  private index(): string {
    const name = (): string => this.pick(['s.i', 's.uc', 's.h', 's.l', 's.ul', 's.bits', 's.ubits', 's.wide', 's.colour', 's.sign', '5', '(s.u > s.i)', '(short)s.l', '(s.l << 3)', '(s.uh >> 2)', '(s.ul / 7)', '~s.h', '!s.i']); // prettier-ignore
    return `(int)(${name()} ${this.pick(['+', '-', '*', '&', '|', '^'])} ${name()})`;
  }

  /** Something of integer type: what is compared, or cast to it. */
  private integer(depth: number): string {
    return this.below(3) === 0
      ? `(${this.expression(depth)} ${this.pick(['<', '=='])} ${this.expression(depth)})`
      : `(${this.pick(['int', 'unsigned', 'long', 'unsigned long', 'unsigned char', 'short'])})${this.guarded(depth)}`;
  }

  private guarded(depth: number): string {
    return `(${this.expression(depth)})`;
  }

  private leaf(): string {
    if (this.below(4) > 0) return this.pick(FIELDS.filter(({ kind }) => kind !== 'pointer')).text;
    return this.pick([...LITERALS, ...FLOATS]);
  }

  private below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}

const WHOLE = FIELDS.filter(({ kind }) => kind === 'integer').map(({ text }) => text);
const TYPES = [
  'char', 'signed char', 'unsigned char', 'short', 'unsigned short', 'int', 'unsigned', 'long', 'unsigned long', 'float', 'double', '_Bool', 'long int',
] as const; // prettier-ignore
const INTEGERS = ['0', '1', '-1', '2', '7', '-13', '100', '127', '200', '-32768', '65535', '2147483647', '-2147483647-1', '4294967295', '9007199254740993', '-9223372036854775807'] as const; // prettier-ignore
const FLOATS = ['0.0', '1.0', '-1.5', '0.1', '3.75f', '1e10', '16777217.0', '0.1f', '1e-30f', '123456.789', '-2.5e3'] as const; // prettier-ignore
const LITERALS = ['0', '1', '2', '-3', '10', '255', '0x7fffffff', '0x80000000', '4294967296', '1u', '3ul', '0xffffffffffffffff', "'a'", "'\\377'", '1l', '0b101', '017', 'GREEN', 'MINUS'] as const; // prettier-ignore
