/** Lines and columns as the client counts them, and as this program does: both from 1. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { LineWhere } from '../engine/where';
import { ADDED_LINE } from '../messages';
import { ADDED_LINES, type Draft } from '../protocol';
import type { SourceRange } from './breakpointLocations';
import { RequestError } from './requestError';

type Client = Pick<DebugProtocol.InitializeRequestArguments, 'linesStartAt1' | 'columnsStartAt1'>;

export class Positions {
  private readonly firstLine: 0 | 1;
  private readonly firstColumn: 0 | 1;

  /** The protocol's defaults are 1. */
  constructor({ linesStartAt1, columnsStartAt1 }: Partial<Client>) {
    this.firstLine = linesStartAt1 === false ? 0 : 1;
    this.firstColumn = columnsStartAt1 === false ? 0 : 1;
  }

  line(clientLine: number): number {
    return clientLine + 1 - this.firstLine;
  }

  column(clientColumn: number): number {
    return clientColumn + 1 - this.firstColumn;
  }

  /** The lines and columns of an answer or event. */
  out<T extends { readonly line?: number; readonly column?: number }>(place: T): T {
    return {
      ...place,
      ...(place.line !== undefined && { line: place.line - 1 + this.firstLine }),
      ...(place.column !== undefined && { column: place.column - 1 + this.firstColumn }),
    };
  }

  /** @throws RequestError */
  lineOf({ path, line, column }: Pick<Draft, 'path' | 'line' | 'column'>): LineWhere {
    const wrong = wrongPlace({ line, column: column ?? FIRST });
    if (wrong !== undefined) throw new RequestError(wrong);
    if (typeof path !== 'string') throw new RequestError('"path" is no path of a source file.');
    return this.lineIn(path, { line, ...(column !== undefined && { column }) });
  }

  lineIn(file: string, { line, column }: { line: number; column?: number }): LineWhere {
    return {
      kind: 'line',
      file,
      line: this.line(line),
      ...(column !== undefined && { column: this.column(column) }),
    };
  }

  /** @throws RequestError */
  rangeOf(args: DebugProtocol.BreakpointLocationsArguments): SourceRange {
    const { line, column, endLine = line, endColumn } = args;
    const wrong = wrongPosition({ line, column: column ?? FIRST, endLine, endColumn: endColumn ?? FIRST });
    if (wrong !== undefined) throw new RequestError(wrong);
    if (endLine < line) throw new RequestError(`endLine ${endLine} comes before line ${line}.`);
    return {
      first: { line: this.line(line), column: column === undefined ? 1 : this.column(column) },
      last: {
        line: this.line(endLine),
        column: endColumn === undefined ? Infinity : this.column(endColumn),
      },
    };
  }
}

/** What is wrong with the lines and columns of a request, in words. */
function wrongPosition(numbers: Readonly<Record<string, number>>): string | undefined {
  const wrong = Object.entries(numbers).find(([, value]) => !Number.isSafeInteger(value) || value < 0);
  return wrong && `${wrong[0]} is no whole number: ${JSON.stringify(wrong[1])}.`;
}

/** Why there can be no tracepoint, whatever the program, in words. */
export const wrongPlace = (place: Record<'line' | 'column', number>): string | undefined =>
  wrongPosition(place) ?? (isAdded(place.line) ? ADDED_LINE : undefined);

/** Is it a line that the program does not have? */
export const isAdded = (line: number): boolean => line >= ADDED_LINES;

/** In place of a line or column that is not given: any good one. */
export const FIRST = 1;
