import { execFile } from 'node:child_process';
import { realpathSync } from 'node:fs';
import { openLibrary, type Module } from '../symbols/module';

export interface StartOptions {
  /** Put before the command line: who runs it. */
  readonly prefix: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly symbolSearchPath: readonly string[];
}

/**
 * The libraries that a program will have from its first instruction on, the dynamic linker among them, so that probes
 * can be in them before they are mapped. Its own dynamic linker says which (ld.so(8), `--list`); nothing of the program
 * runs. None for a static program, and where the linker does not say.
 */
export async function neededLibraries(program: Module, options: StartOptions): Promise<Module[]> {
  const linker = interpreterOf(program);
  if (linker === undefined) return [];
  const listing = await output([...options.prefix, linker, '--list', program.path], options);
  const paths = [...listing.matchAll(LIBRARY)].flatMap(([, path]) => realPath(path!) ?? []);
  return [...new Set(paths)].map((path) => openLibrary(path, options.symbolSearchPath));
}

/** PT_INTERP (gABI, "Program Interpreter"). */
function interpreterOf({ image }: Module): string | undefined {
  const segment = image.segments.find(({ type }) => type === 'interp');
  if (!segment || segment.fileSize > MAX_PATH) return undefined;
  const bytes = image.read(segment.address, segment.fileSize);
  const path = bytes && Buffer.from(bytes).toString().replace(/\0.*$/s, '');
  return path?.startsWith('/') ? path : undefined;
}

const output = ([command, ...args]: readonly string[], { env, cwd }: StartOptions): Promise<string> =>
  new Promise((resolve) => {
    const options = { env, cwd, timeout: LISTING_MS, maxBuffer: MAX_LISTING } as const;
    execFile(command!, args, options, (error, stdout) => {
      resolve(error ? '' : stdout);
    });
  });

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** `name => /path (0x...)`, or `/path (0x...)` alone. */
const LIBRARY = /^\t(?:.* => )?(\/.*) \(0x[0-9a-f]+\)$/gm;
const LISTING_MS = 2000;
const MAX_LISTING = 1 << 20;
/** PATH_MAX. */
const MAX_PATH = 4096;
