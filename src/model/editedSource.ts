/** A source that is edited while the program runs that was built from it: which of its lines are which of the built text. */
import { ADDED_LINES } from '../../adapter/protocol';
import { commonPairs, MAX_DIFFERENCES, type Pair } from './commonLines';

/** Lines from 1, characters from 0. */
export interface TextEdit {
  /** What is replaced: the text from here ... */
  start: TextPosition;
  /** ... up to here ... */
  end: TextPosition;
  /** ... by this. */
  text: string;
}
export interface TextPosition {
  line: number;
  character: number;
}

interface Line {
  readonly text: string;
  /** That of the line in the built text; of one that is not there a number of its own, from ADDED_LINES on. */
  readonly number: number;
}

export class EditedSource {
  readonly #built: readonly string[];
  #lines: readonly Line[];
  #nextAdded = ADDED_LINES;
  /** Of the lines as they are, by their numbers; undefined until it is asked for. */
  #places: ReadonlyMap<number, number> | undefined;
  #isEdited = false;

  constructor(built: string) {
    this.#built = textsOf(built);
    this.#lines = builtLines(this.#built);
  }

  /** What the program has on a line of the editor, or ADDED_LINES and more. */
  numberOf(line: number): number {
    return this.#lines[line - 1]?.number ?? line;
  }

  /** Where a line of the program is in the editor; undefined when it was deleted. */
  placeOf(number: number): number | undefined {
    this.#places ??= new Map(this.#lines.map((line, i) => [line.number, i + 1]));
    return this.#places.get(number);
  }

  /** Where it is, or was. */
  placeNear(number: number): number {
    for (let near = number; near > 0; near = Math.min(near, this.#built.length + 1) - 1) {
      const place = this.placeOf(near);
      if (place !== undefined) return place;
    }
    return 1;
  }

  /** The lines of the program that a part of the text has, from the first to the last; of none, any that it does not have. */
  numbersOf(first: number, last: number): { first: number; last: number } {
    const numbers = this.#lines.slice(first - 1, last).map(({ number }) => number);
    const built = numbers.filter(isBuilt);
    const [least = this.numberOf(first)] = built;
    return { first: least, last: built.at(-1) ?? least };
  }

  get isEdited(): boolean {
    return this.#isEdited;
  }

  /** One after the other. */
  edit(edits: readonly TextEdit[]): void {
    for (const one of edits) this.#edit(one);
    const [built, lines] = [this.#built, this.#lines];
    this.#isEdited = lines.length !== built.length || lines.some(({ text }, i) => text !== built[i]);
    // Whatever it was in between, the built text has the lines of the program.
    if (!this.#isEdited) this.#lines = builtLines(built);
    this.#places = undefined;
  }

  #edit({ start, end, text }: TextEdit): void {
    const above = this.#lines.slice(0, start.line - 1);
    const replaced = this.#lines.slice(start.line - 1, end.line);
    const below = this.#lines.slice(end.line);
    const head = (replaced[0]?.text ?? '').slice(0, start.character);
    const last = replaced.at(-1)?.text ?? '';
    const tail = last.slice(end.character);
    const texts = textsOf(`${head}${text}${tail}`);
    const numbers: (number | undefined)[] = texts.map(() => undefined);
    // A line is where its first character is.
    if (!isBlank(head)) numbers[0] = replaced[0]!.number;
    if (!isBlank(tail) && isBlank(last.slice(0, end.character)))
      numbers[texts.length - 1] ??= replaced.at(-1)!.number;
    const around = {
      low: above.findLast(({ number }) => isBuilt(number))?.number ?? 0,
      high: below.find(({ number }) => isBuilt(number))?.number ?? this.#built.length + 1,
    };
    if (numbers.includes(undefined)) this.#number(numbers, texts, replaced, around);
    const fresh = texts.map((text, i) => ({ text, number: numbers[i] ?? this.#nextAdded++ }));
    this.#lines = above.concat(fresh, below);
  }

  /** Finds what the texts are that stand in place of others: still there, there again, or changed. */
  #number(
    numbers: (number | undefined)[],
    texts: readonly string[],
    replaced: readonly Line[],
    around: { low: number; high: number },
  ): void {
    const candidate = (number: number, text: string): Candidate => ({
      number,
      now: packed(text),
      built: packed(this.#built[number - 1]!),
    });
    const present = replaced.flatMap(({ number, text }) =>
      isBuilt(number) ? [candidate(number, text)] : [],
    );
    const isPresent = new Set(present.map(({ number }) => number));
    const deleted = this.#built
      .slice(around.low, around.high - 1)
      .map((text, i) => candidate(around.low + i + 1, text))
      .filter(({ number }) => !isPresent.has(number));
    const shown = texts.map(packed);
    fillGaps(numbers, shown, present, equal, around);
    fillGaps(numbers, shown, deleted, equal, around);
    fillGaps(numbers, shown, present, wrapped, around);
    fillGaps(numbers, shown, present, inPlace, around);
  }
}

/** A line of the program that may be what a text is. Texts are without spaces, which formatters change. */
interface Candidate {
  readonly number: number;
  readonly now: string;
  readonly built: string;
}

/** Pairs of candidates and texts. */
type Match = (candidates: readonly Candidate[], texts: readonly string[]) => readonly Pair[];

/** A line that was emptied is no empty line of the program. */
const equal: Match = (candidates, texts) =>
  commonPairs(candidates, texts, ({ now, built }, text) => (now === text && now !== '') || built === text);

/** One is the beginning of the other: lines were broken, or joined. */
const wrapped: Match = (candidates, texts) =>
  commonPairs(
    candidates,
    texts,
    ({ now }, text) => now !== '' && text !== '' && (now.startsWith(text) || text.startsWith(now)),
  );

/** As many as there were. Of more it is not known whether there are equal ones among them; where there was no text, one is new. */
const inPlace: Match = (candidates, texts) =>
  candidates.length === texts.length && candidates.length + texts.length <= MAX_DIFFERENCES
    ? candidates.flatMap(({ built }, i): Pair[] => (built === '' && texts[i] !== '' ? [] : [[i, i]]))
    : [];

/** Numbers the texts that have none yet, so that the numbers rise. */
function fillGaps(
  numbers: (number | undefined)[],
  texts: readonly string[],
  candidates: readonly Candidate[],
  match: Match,
  around: { low: number; high: number },
): void {
  const isKnown = (number: number | undefined): number is number => number !== undefined && isBuilt(number);
  for (let first = 0; first < numbers.length; first++) {
    if (numbers[first] !== undefined) continue;
    let end = first;
    while (end < numbers.length && numbers[end] === undefined) end++;
    const low = numbers.slice(0, first).findLast(isKnown) ?? around.low;
    const high = numbers.slice(end).find(isKnown) ?? around.high;
    const between = candidates.filter(({ number }) => low < number && number < high);
    for (const [candidate, text] of match(between, texts.slice(first, end)))
      numbers[first + text] = between[candidate]!.number;
    first = end;
  }
}

/** Of one text by another. */
export function wholeEdit(before: string, text: string): TextEdit {
  const texts = textsOf(before);
  return {
    start: { line: 1, character: 0 },
    end: { line: texts.length, character: texts.at(-1)!.length },
    text,
  };
}

const builtLines = (built: readonly string[]): Line[] => built.map((text, i) => ({ text, number: i + 1 }));

const textsOf = (text: string): string[] => text.split(/\r\n|\r|\n/);

const isBuilt = (number: number): boolean => number < ADDED_LINES;

const isBlank = (text: string): boolean => text.trim() === '';

const packed = (text: string): string => text.replace(/\s+/g, '');
