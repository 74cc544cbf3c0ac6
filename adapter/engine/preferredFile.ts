import { posix } from 'node:path';
import type { Module } from '../symbols/module';
import type { SourceMap } from '../symbols/sourceMap';
import type { PlanFailure } from './planError';
import type { CandidateSite } from './site';
import type { Where } from './where';

/**
 * Whose `main.c` is meant, where several modules have one: that of the first module that has any, the program if it
 * does. In later modules the same path is meant, such as that of a header they share. A whole path means itself.
 */
export class PreferredFile {
  private readonly name: string | undefined;
  /** The paths that are meant. */
  private paths: ReadonlySet<string> | undefined;

  constructor(
    where: Where,
    private readonly map: SourceMap,
  ) {
    const name = where.kind === 'line' ? where.file : where.kind === 'name' ? where.name : '/';
    this.name = name.startsWith('/') ? undefined : posix.basename(name);
  }

  /** Of a module's sites those that are meant; called for each module in order. */
  only(sites: readonly CandidateSite[]): readonly CandidateSite[] {
    const isOfFile = ({ file }: CandidateSite): boolean =>
      file !== undefined && this.name === posix.basename(file);
    const files = sites.filter(isOfFile).flatMap(({ file }) => file ?? []);
    if (files.length === 0) return sites;
    const paths = (this.paths ??= new Set(files));
    return sites.filter((site) => !isOfFile(site) || paths.has(site.file!));
  }

  /** A module has the file, and nothing at the line. */
  note(failure: PlanFailure, { debug }: Module): void {
    if (failure.code !== 'line' || failure.gap.code === 'noSuchFile' || this.name === undefined) return;
    const paths = debug?.lines.filesNaming(this.name) ?? [];
    this.paths ??= new Set(paths.map((path) => this.map.toEditor(path)));
  }
}
