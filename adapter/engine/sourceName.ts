import { posix } from 'node:path';
import type { DebugFile } from '../dwarf/debugFile';
import type { SourceMap } from '../symbols/sourceMap';

/**
 * What a module's debug information may call a file of the user's, in the order to try. Last, and looked for only when
 * it comes to that: files of the same name that it is through links.
 */
export function* sourceNames(debug: DebugFile, map: SourceMap, file: string): Generator<string> {
  yield* map.candidatesInDebugInfo(file);
  for (const path of debug.lines.filesNaming(posix.basename(file)))
    if (map.isSameFile(path, file)) yield path;
}
