import { posix } from 'node:path';
import type { DebugFile } from '../dwarf/debugFile';
import type { Module } from '../symbols/module';
import type { SourceMap } from '../symbols/sourceMap';
import { searchModules } from './moduleSearch';

/**
 * What a module's debug information may call a file of the user's, in the order to try. Last, and looked for only when
 * it comes to that: files of the same name that it is through links.
 */
export function* sourceNames(debug: DebugFile, map: SourceMap, file: string): Generator<string> {
  yield* map.candidatesInDebugInfo(file);
  for (const path of debug.lines.filesNaming(posix.basename(file)))
    if (map.isSameFile(path, file)) yield path;
}

/** Has any of the modules code of a file? @param modules the program first. */
export function hasSource(modules: readonly Module[], map: SourceMap, file: string): boolean {
  const { found } = searchModules(modules, ({ debug }) => {
    if (!debug) return undefined;
    for (const name of sourceNames(debug, map, file)) if (debug.lines.has(name)) return true;
    return false;
  });
  return found.includes(true);
}
