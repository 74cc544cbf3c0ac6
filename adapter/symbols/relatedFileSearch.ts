import { realpathSync } from 'node:fs';
import { posix } from 'node:path';
import type { Acceptance, Found, RelatedFile, RelatedFiles } from '../dwarf/relatedFile';
import type { ElfImage } from '../elf/image';
import { firstAccepted, type Open } from './candidateFile';
import { debugTrees, type DebugSearch } from './debugSearch';

/**
 * Where the files are that hold parts of a program's debug information: packages, .dwo files, supplementary files (GDB
 * manual, "Separate Debug Files"; dwz(1)).
 */
export class RelatedFileSearch implements RelatedFiles {
  /**
   * @param program path of the program
   * @param debug path of the file that has its debug information, often the program itself
   */
  constructor(
    private readonly program: string,
    private readonly debug: string,
    private readonly search: DebugSearch,
    private readonly open: Open,
  ) {}

  find<T>(wanted: RelatedFile, accept: (image: ElfImage, path: string) => Acceptance<T>): Found<T> {
    return firstAccepted(this.placesOf(wanted), this.open, accept);
  }

  private placesOf(wanted: RelatedFile): Iterable<string> {
    switch (wanted.kind) {
      case 'package':
        return this.packages();
      case 'split':
        return this.splitFiles(wanted.name, wanted.directory);
      case 'supplementary':
        return this.supplements(wanted.name, wanted.id);
    }
  }

  private *packages(): Generator<string> {
    for (const path of [this.program, this.debug]) yield* this.inBothRoots(`${path}.dwp`);
    yield* this.inBothRoots(this.debug.replace(/\.debug$/, '') + '.dwp');
    for (const directory of this.search.symbolSearchPath)
      yield posix.join(directory, `${posix.basename(this.program)}.dwp`);
  }

  private *splitFiles(name: string, directory = ''): Generator<string> {
    const beside = posix.dirname(this.program);
    const base = posix.basename(name);
    yield* this.inBothRoots(posix.resolve(beside, directory, name));
    for (const place of this.search.symbolSearchPath) {
      yield posix.join(place, name);
      yield posix.join(place, base);
    }
    yield* this.inBothRoots(posix.join(beside, base));
  }

  private *supplements(name: string, id: string): Generator<string> {
    const base = posix.basename(name);
    for (const path of [this.debug, realPath(this.debug)])
      yield* this.inBothRoots(posix.resolve(posix.dirname(path), name));
    const shared = /(?:^|\/)(\.dwz\/.*)$/.exec(name)?.[1];
    for (const tree of debugTrees(this.search)) {
      if (shared !== undefined) yield posix.join(tree, shared);
      yield posix.join(tree, '.dwz', base);
      yield posix.join(tree, base);
      if (id.length > 2) yield posix.join(tree, '.build-id', id.slice(0, 2), `${id.slice(2)}.debug`);
    }
  }

  /** As a process in another mount namespace sees it, and as we do. */
  private *inBothRoots(path: string): Generator<string> {
    if (!path.startsWith(this.search.root)) yield this.search.root + path;
    yield path;
  }
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path; // as good as what it leads to
  }
}
