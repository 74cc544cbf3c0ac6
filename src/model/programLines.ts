/** The lines of a program's sources, where these have been edited since it was started. */
import { EditedSource, type TextEdit } from './editedSource';

export class ProgramLines {
  /** By their paths. */
  readonly #edited = new Map<string, EditedSource>();

  /** @param before the text that the first of them changes */
  edited(path: string, before: string, edits: readonly TextEdit[]): void {
    let source = this.#edited.get(path);
    if (!source) this.#edited.set(path, (source = new EditedSource(before)));
    source.edit(edits);
  }

  isEdited(path: string): boolean {
    return this.#edited.get(path)?.isEdited ?? false;
  }

  /** Of a line in the editor; ADDED_LINES and more where the program does not have it. */
  toProgram(path: string, line: number): number {
    return this.#edited.get(path)?.numberOf(line) ?? line;
  }

  /** Of those in the editor from one to another, both included, that the program has. */
  rangeToProgram(path: string, first: number, last: number): { first: number; last: number } {
    return this.#edited.get(path)?.numbersOf(first, last) ?? { first, last };
  }

  /** Undefined when the line was deleted. */
  toEditor(path: string, line: number): number | undefined {
    const source = this.#edited.get(path);
    return source ? source.placeOf(line) : line;
  }

  /** A place with its line in the editor, or where that was. */
  placed<Place extends { readonly path?: string; readonly line?: number }>(place: Place): Place {
    const { path, line } = place;
    const source = path === undefined ? undefined : this.#edited.get(path);
    return source && line !== undefined ? { ...place, line: source.placeNear(line) } : place;
  }
}
