/**
 * The name of a C++ template instance in one spelling, whatever compiler wrote it: `vec<long unsigned int, const T*>` and
 * `vec<unsigned long, T const*>` are one, the latter, which is the demangler's and gdb's. A name that has other things
 * among its arguments than types, names and literals (lambdas, function types, operators) stays as it is, as in gdb.
 */
export function canonicalName(name: string): string {
  if (!MAY_CHANGE.test(name) || !name.includes('<') || name.length > MAX_LENGTH) return name;
  try {
    return new NameParser(name).whole();
  } catch (error) {
    if (error instanceof Unparsed) return name;
    throw error;
  }
}

/** Ends the parsing of what is no name that is understood here; never leaves this file. */
class Unparsed extends Error {}

/** A name and the types in it, written anew as they are read. */
class NameParser {
  private readonly tokens: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(name: string) {
    const tokens: string[] = [];
    let end = 0;
    for (const { 0: token, index } of name.matchAll(TOKEN)) {
      if (name.slice(end, index).trim() !== '') throw new Unparsed();
      end = index + token.length;
      tokens.push(token);
    }
    if (name.slice(end).trim() !== '') throw new Unparsed();
    this.tokens = tokens;
  }

  whole(): string {
    const name = this.qualifiedName();
    if (this.at < this.tokens.length) throw new Unparsed();
    return name;
  }

  /** `a::b<int>::c` */
  private qualifiedName(): string {
    let name = this.take('::') ? '::' : '';
    for (;;) {
      const word = this.next();
      if (!NAME.test(word) || word === 'operator') throw new Unparsed();
      name += word;
      if (this.take('<')) name += this.templateArguments();
      if (!this.take('::')) return name;
      name += '::';
    }
  }

  private templateArguments(): string {
    if (++this.depth > MAX_DEPTH) throw new Unparsed();
    const parts = this.list('>', () => this.templateArgument());
    this.depth--;
    const text = parts.join(', ');
    return `<${text}${text.endsWith('>') ? ' ' : ''}>`;
  }

  /** Up to the token that closes the list. */
  private list(close: string, read: () => string): string[] {
    const parts: string[] = [];
    if (this.take(close)) return parts;
    do parts.push(read());
    while (this.take(','));
    this.expect(close);
    return parts;
  }

  private templateArgument(): string {
    const token = this.peek();
    if (token === '-' || LITERAL.test(token)) return this.literal();
    if (token === '&') return this.address();
    if (token !== '(') return this.type();
    this.expect('(');
    const text = this.peek() === '&' ? this.address() : `(${this.type()})`;
    this.expect(')');
    return text.startsWith('&') ? text : text + this.literal();
  }

  /** `&object` */
  private address(): string {
    this.expect('&');
    return `&${this.qualifiedName()}`;
  }

  private literal(): string {
    const sign = this.take('-') ? '-' : '';
    const token = this.next();
    if (!LITERAL.test(token)) throw new Unparsed();
    if (token.startsWith("'")) return `(char)${token}`;
    return sign + token.toLowerCase();
  }

  /** A type without the name of what has it. */
  private type(): string {
    const specifier = this.specifier();
    return this.declarator(specifier);
  }

  /** What comes before the declarator, its qualifiers behind it. */
  private specifier(): string {
    const qualifiers = new Set<string>();
    const words: string[] = [];
    let name: string | undefined;
    for (;;) {
      const token = this.peek();
      if (QUALIFIERS.has(token)) qualifiers.add(this.next());
      else if (INTEGER_WORDS.has(token) && name === undefined) words.push(this.next());
      else if (name === undefined && words.length === 0 && (NAME.test(token) || token === '::'))
        name = this.qualifiedName(); // prettier-ignore
      else break;
    }
    const core = name ?? integerName(words);
    return core + qualifierText(qualifiers);
  }

  private declarator(specifier: string): string {
    const text = specifier + this.pointers();
    return this.peek() === '(' ? `${text} ${this.enclosed()}` : text + this.arrays();
  }

  /** `(*)(int)`, `(&) [3]`, `(*(*)(int))(char)` */
  private enclosed(): string {
    if (++this.depth > MAX_DEPTH) throw new Unparsed();
    this.expect('(');
    const inner = this.pointers();
    if (inner === '') throw new Unparsed();
    const innermost = this.peek() === '(' ? this.enclosed() : '';
    this.expect(')');
    this.depth--;
    const behind = this.peek() === '(' ? this.parameters() : this.arrays();
    if (behind === '') throw new Unparsed();
    return `(${inner}${innermost})${behind}`;
  }

  /** `* const&` */
  private pointers(): string {
    let text = '';
    while (['*', '&', '&&'].includes(this.peek())) {
      text += this.next();
      const qualifiers = new Set<string>();
      while (QUALIFIERS.has(this.peek())) qualifiers.add(this.next());
      text += qualifierText(qualifiers);
    }
    return text;
  }

  private arrays(): string {
    let text = '';
    while (this.take('[')) {
      text += `[${this.peek() === ']' ? '' : this.literal()}]`;
      this.expect(']');
    }
    return text === '' ? '' : ` ${text}`;
  }

  private parameters(): string {
    if (++this.depth > MAX_DEPTH) throw new Unparsed();
    this.expect('(');
    const parts = this.list(')', () => (this.take('...') ? '...' : this.type()));
    this.depth--;
    return parts.length === 1 && parts[0] === 'void' ? '()' : `(${parts.join(', ')})`;
  }

  private peek(ahead = 0): string {
    return this.tokens[this.at + ahead] ?? '';
  }

  private next(): string {
    const token = this.tokens[this.at++];
    if (token === undefined) throw new Unparsed();
    return token;
  }

  private take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at++;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) throw new Unparsed();
  }
}

/** `long unsigned int` in the demangler's order. */
function integerName(words: readonly string[]): string {
  const count = (word: string): number => words.filter((each) => each === word).length;
  const [longs, shorts] = [count('long'), count('short')];
  const sign = count('unsigned') > 0 ? 'unsigned ' : '';
  const kind = words.find((word) => !MODIFIERS.has(word));
  if (words.length === 0 || words.length > 4) throw new Unparsed();
  if (kind === 'char') return count('signed') > 0 ? 'signed char' : `${sign}char`;
  if (kind === 'double') return longs > 0 ? 'long double' : 'double';
  if (longs > 0) return sign + 'long '.repeat(longs).trimEnd();
  if (shorts > 0) return `${sign}short`;
  return `${sign}int`;
}

const qualifierText = (found: ReadonlySet<string>): string =>
  ['const', 'volatile'].map((word) => (found.has(word) ? ` ${word}` : '')).join('');

/** What a name has that may be written otherwise; a cheap test, for most have not. */
const MAY_CHANGE =
  /\b(long|short|unsigned|signed|const|volatile)\b|[([']|>>|\d[uUlL]| [*&,]|,(?! )|< |[^>] >/;
const TOKEN =
  /\(anonymous namespace\)|[A-Za-z_$][\w$]*|\d\w*|'(?:[^'\\]|\\[0-7]{1,3})'|::|\.\.\.|&&|[<>,*&()[\]-]/g;
const NAME = /^([A-Za-z_$]|\(anonymous namespace\))/;
const LITERAL = /^(\d|'|true$|false$)/;
const QUALIFIERS: ReadonlySet<string> = new Set(['const', 'volatile']);
const MODIFIERS: ReadonlySet<string> = new Set(['long', 'short', 'unsigned', 'signed', 'int']);
const INTEGER_WORDS: ReadonlySet<string> = new Set([...MODIFIERS, 'char', 'double']);
const MAX_LENGTH = 1 << 16;
const MAX_DEPTH = 64;
