/** Lines and columns as the client counts them, and as this program does: both from 1. */
import type { DebugProtocol } from '@vscode/debugprotocol';

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
}
