import { realpathSync } from 'node:fs';
import { posix } from 'node:path';

/**
 * Paths of source files as the compiler saw them, and as the user and the editor see them: `sourceFileMap` of
 * launch.json, whose keys are prefixes of the first and whose values are prefixes of the second. Links are followed:
 * a folder may be known here by one path and have been compiled by another.
 */
export class SourceMap {
  private readonly entries: readonly Entry[];
  private readonly real = new Map<string, string | undefined>();
  /** By the real path, what files are called that somebody has asked for through a link. */
  private readonly asked = new Map<string, string>();

  /** @param directory what relative paths are relative to. */
  constructor(
    prefixes: Readonly<Record<string, string>> = {},
    private readonly directory = process.cwd(),
  ) {
    this.entries = Object.entries(prefixes)
      .map(([debug, editor]) => ({
        debug: posix.resolve('/', withoutSlash(debug)),
        editor: withoutSlash(editor),
        isRelative: !debug.startsWith('/'),
      }))
      .sort((a, b) => b.debug.length - a.debug.length);
  }

  /**
   * What a file of the user's may be called in debug information, in the order to try: `x.c` and `dir/x.c` by the end
   * of its path, `./x.c` and `../dir/x.c` from the directory first. From now on `toEditor` calls it as the user does.
   */
  candidatesInDebugInfo(path: string): readonly string[] {
    const absolute = this.inDebugInfo(posix.resolve(this.directory, path));
    if (path.startsWith('/') && this.realPath(path) !== path) this.asked.set(this.realPath(path), path);
    if (path.startsWith('/')) return absolute;
    const end = posix.normalize(path).replace(/^(\.\.\/)+/, '');
    return [...new Set(DOTTED.test(path) ? [...absolute, end] : [end, ...absolute])];
  }

  /** Where the editor has a file of the debug information: as it was asked for, by the longest prefix, or as it is. */
  toEditor(debugPath: string): string {
    const path = this.mapped(debugPath);
    return this.asked.size === 0 ? path : (this.asked.get(this.realPath(path)) ?? path);
  }

  private mapped(debugPath: string): string {
    for (const { debug, editor, isRelative } of this.entries) {
      if (isRelative && this.find(debugPath) !== undefined) continue;
      const path = moved(debugPath, debug, editor);
      if (path !== undefined) return path;
    }
    return debugPath;
  }

  /** Is a file of the debug information the one that the user means, by whatever links? */
  isSameFile(debugPath: string, path: string): boolean {
    const meant = this.realPath(posix.resolve(this.directory, path));
    return this.realPath(debugPath) === meant || this.realPath(this.mapped(debugPath)) === meant;
  }

  /** Mapped first, then as it is. */
  private inDebugInfo(path: string): readonly string[] {
    const real = this.realPath(path);
    const mapped = this.entries.flatMap(({ debug, editor }) => [
      moved(path, editor, debug),
      moved(real, this.realPath(editor), debug),
    ]);
    return [...new Set([...mapped.filter((one) => one !== undefined), path, real])];
  }

  /** Itself where there is no such file. */
  private realPath(path: string): string {
    return this.find(path) ?? path;
  }

  /** Undefined where there is no such file. */
  private find(path: string): string | undefined {
    if (!this.real.has(path)) this.real.set(path, realPathOf(path));
    return this.real.get(path);
  }
}

interface Entry {
  readonly debug: string;
  readonly editor: string;
  /**
   * The compiler was told to leave out where the sources were, as by -fdebug-prefix-map=/build=. for one. Debug information
   * then has paths from / on that are not there; others that are, such as those of system headers, mean themselves.
   */
  readonly isRelative: boolean;
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Whole components only: `/src` is no prefix of `/src2/x.c`. */
function moved(path: string, from: string, to: string): string | undefined {
  return path === from || path.startsWith(from === '/' ? from : `${from}/`)
    ? posix.join(to, path.slice(from.length))
    : undefined;
}

const DOTTED = /^\.\.?\//;
const withoutSlash = (path: string): string => posix.normalize(path).replace(/(?<=.)\/$/, '');
