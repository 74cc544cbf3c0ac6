/** Reads all that there is in a file, as the product does. What is damaged throws DecodeError and nothing else. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallFrames } from '../../adapter/dwarf/callFrames';
import { DebugFile } from '../../adapter/dwarf/debugFile';
import type { DebugInfo, FunctionMatch } from '../../adapter/dwarf/debugInfo';
import type { LineTables } from '../../adapter/dwarf/lineTables';
import type { RelatedFiles } from '../../adapter/dwarf/relatedFile';
import type { AddressContext, Scope } from '../../adapter/dwarf/scope';
import type { Type } from '../../adapter/dwarf/type';
import { byteSize } from '../../adapter/dwarf/type';
import { typeName } from '../../adapter/dwarf/typeName';
import { virtualAddress } from '../../adapter/elf/address';
import { DecodeError } from '../../adapter/elf/decodeError';
import { ElfImage } from '../../adapter/elf/image';
import { functionSymbols } from '../../adapter/elf/symbolTable';
import { openProgram, type Module } from '../../adapter/symbols/module';
import { SymbolError } from '../../adapter/symbols/symbolError';
import { sourceOf } from '../builders/elf';

/** What a target reads; returns how much there was. */
export type Reader = (file: DamagedFile) => number;

export interface DamagedFile {
  readonly bytes: Uint8Array;
  readonly related: ReadonlyMap<string, Uint8Array>;
}

/** Headers, bodies, symbols and notes. */
export function readElf({ bytes }: DamagedFile): number {
  const image = tried(() => ElfImage.parse(sourceOf(bytes)));
  if (image === undefined) return 0;
  for (const section of image.sections) {
    tried(() => image.body(section));
    tried(() => image.slice(section, 1, 8));
  }
  tried(() => functionSymbols(image));
  tried(() => image.buildId);
  tried(() => image.debugLink);
  tried(() => image.fileOffset(image.entry));
  tried(() => image.read(image.entry, 16));
  return image.sections.length;
}

/** Units, functions, scopes, variables, their locations and types. */
export function readEntries(file: DamagedFile): number {
  const info = open(file)?.info;
  if (info === undefined) return 0;
  let count = 0;
  for (const unit of info.units) {
    tried(() => [
      unit.name,
      unit.compilationDirectory,
      unit.producer,
      unit.language,
      unit.ranges,
      unit.lineOffset,
    ]);
    tried(() => unit.gap());
    tried(() => unit.usesLocationLists());
    count++;
  }
  for (const match of functionsOf(info)) count += readFunction(info, match);
  const seen = new Set<Type>();
  for (const type of taken(info.types(), MAX_TYPES)) readType(type, seen, 0);
  return count + seen.size;
}

/** Opens a module as `symbols` does: from files on disk, its debug file among them. Errors are its own. */
export function readModule({ bytes, related }: DamagedFile): number {
  const directory = mkdtempSync(join(tmpdir(), 'sourcetap-fuzz-'));
  try {
    const path = join(directory, 'program');
    writeFileSync(path, bytes);
    for (const [name, content] of related) writeFileSync(join(directory, name), content);
    return readProgram(path, directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function readProgram(path: string, directory: string): number {
  let module: Module | undefined;
  try {
    module = openProgram(path, [directory]);
    const { debug } = module;
    return (module.buildId?.length ?? 0) + module.debugAttempts.length + (debug ? readFile(debug) : 0);
  } catch (error) {
    if (error instanceof SymbolError) return 0;
    throw error;
  } finally {
    module?.close();
  }
}

function readFile({ info, lines }: DebugFile): number {
  for (const unit of info.units) unit.gap();
  let count = 0;
  for (const { entry } of functionsOf(info)) {
    count++;
    tried(() => info.contextAt(entry)?.locals().map(({ location }) => location)); // prettier-ignore
  }
  return count + lines.files().length;
}

/** Line tables and the breakpoint rule. */
export function readLines(file: DamagedFile): number {
  const lines = open(file)?.lines;
  if (lines === undefined) return 0;
  tried(() => lines.files());
  let count = 0;
  for (const site of taken(lines.statements(), MAX_ROWS)) {
    if (count++ < MAX_RESOLVED) readLine(lines, site.file, site.line, site.address);
  }
  tried(() => lines.resolve('scopes.c', 20));
  tried(() => lines.resolve('none.c', 1));
  return count;
}

/** The CFA at each of the functions' symbols and just past it. */
export function readFrames({ bytes }: DamagedFile): number {
  const image = tried(() => ElfImage.parse(sourceOf(bytes)));
  if (image === undefined) return 0;
  const frames = new CallFrames(image, image);
  let found = 0;
  for (const { address, size } of taken(tried(() => functionSymbols(image)) ?? [], MAX_FUNCTIONS))
    for (const at of [address, address + 1, address + size - 1])
      if (frames.cfaAt(virtualAddress(at)) !== undefined) found++;
  return found;
}

export const open = (file: DamagedFile): DebugFile | undefined =>
  tried(() => {
    const image = ElfImage.parse(sourceOf(file.bytes));
    return DebugFile.open(image, image, relatedFiles(file));
  });

/** Undefined for damage; anything but DecodeError is a bug. */
export function tried<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/** Found by the ends of their names. */
function relatedFiles({ related }: DamagedFile): RelatedFiles {
  return {
    find(wanted, accept) {
      for (const [name, bytes] of related) {
        const isPackage = name.endsWith('.dwp');
        const fits = wanted.kind === 'package' ? isPackage : !isPackage && wanted.name.endsWith(name);
        const accepted = fits ? tried(() => accept(ElfImage.parse(sourceOf(bytes)), name)) : undefined;
        if (accepted?.ok === true) return accepted;
      }
      return { ok: false, attempts: [] };
    },
  };
}

function functionsOf(info: DebugInfo): FunctionMatch[] {
  return tried(() => [...taken(info.functions(), MAX_FUNCTIONS)]) ?? [];
}

function readFunction(info: DebugInfo, { name, entry, scope }: FunctionMatch): number {
  tried(() => info.functionsNamed(name));
  let count = 0;
  for (const address of new Set([entry, ...scope.ranges.slice(0, 8).map(({ high }) => high - 1)])) {
    const at = virtualAddress(address);
    tried(() => outwards(info.innermostScope(at)));
    const context = tried(() => info.contextAt(at));
    if (context !== undefined) count += readContext(context);
  }
  return count;
}

function outwards(scope: Scope | undefined): number {
  let depth = 0;
  for (let outer = scope; outer !== undefined; outer = outer.parent) depth += outer.name?.length ?? 1;
  return depth;
}

function readContext(context: AddressContext): number {
  tried(() => context.frameBase);
  tried(() => context.cfa);
  tried(() => context.lookup('none'));
  tried(() => context.frameLocals());
  const variables = [...(tried(() => context.locals()) ?? []), ...(tried(() => context.globals()) ?? [])];
  const seen = new Set<Type>();
  for (const variable of variables) {
    tried(() => variable.location);
    readType(variable.type, seen, 0);
  }
  return variables.length;
}

/** Types never throw (dwarf/type.ts). */
function readType(type: Type, seen: Set<Type>, depth: number): void {
  if (seen.has(type) || depth > 40 || seen.size > MAX_TYPES) return;
  seen.add(type);
  typeName(type);
  byteSize(type);
  for (const part of parts(type)) readType(part, seen, depth + 1);
}

function parts(type: Type): readonly Type[] {
  switch (type.kind) {
    case 'struct': {
      const variants = type.variantPart?.variants.flatMap(({ members }) => members) ?? [];
      return [...type.members, ...type.staticMembers, ...variants].map((member) => member.type);
    }
    case 'pointer':
    case 'typedef':
    case 'qualified':
      return [type.target];
    case 'memberPointer':
      return [type.target, type.containing];
    case 'array':
      return [type.element];
    case 'function':
      return [type.result, ...type.parameters];
    case 'enum':
      return type.underlying === undefined ? [] : [type.underlying];
    default:
      return [];
  }
}

function readLine(lines: LineTables, file: string, line: number, address: number): void {
  tried(() => lines.resolve(file, line));
  tried(() => lines.resolve(file, line + 1));
  tried(() => lines.locate(virtualAddress(address)));
}

function* taken<T>(values: Iterable<T>, limit: number): Generator<T> {
  let count = 0;
  for (const value of values) {
    if (count++ === limit) return;
    yield value;
  }
}

/** What one input may make this read; the product bounds no loop over functions that a user asks for. */
const MAX_FUNCTIONS = 40;
const MAX_ROWS = 2000;
const MAX_RESOLVED = 5;
const MAX_TYPES = 200;
