import { posix } from 'node:path';

/**
 * Paths of source files as the compiler saw them, and as the editor sees them: `sourceFileMap` of launch.json, whose
 * keys are prefixes of the first and whose values are prefixes of the second.
 */
export class SourceMap {
  private readonly entries: readonly (readonly [debug: string, editor: string])[];

  constructor(prefixes: Readonly<Record<string, string>> = {}) {
    this.entries = Object.entries(prefixes)
      .map(([debug, editor]) => [directory(debug), directory(editor)] as const)
      .sort(([a], [b]) => b.length - a.length);
  }

  /** What a file of the editor may be called in debug information: mapped first, then as it is. */
  candidatesInDebugInfo(editorPath: string): readonly string[] {
    const mapped = this.entries.map(([debug, editor]) => moved(editorPath, editor, debug));
    return [...new Set([...mapped.filter((path) => path !== undefined), editorPath])];
  }

  /** Where the editor has a file of the debug information; by the longest prefix, or as it is. */
  toEditor(debugPath: string): string {
    for (const [debug, editor] of this.entries) {
      const path = moved(debugPath, debug, editor);
      if (path !== undefined) return path;
    }
    return debugPath;
  }
}

/** Whole components only: `/src` is no prefix of `/src2/x.c`. */
function moved(path: string, from: string, to: string): string | undefined {
  return path === from || path.startsWith(from === '/' ? from : `${from}/`)
    ? posix.join(to, path.slice(from.length))
    : undefined;
}

const directory = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, '');
