/** Real files of each kind to damage: small programs by both compilers in every version and shape of DWARF. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { FIXTURES } from '../fixtures/build';

export interface Sample {
  readonly name: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The files that belong to it, by their names. */
  readonly related: ReadonlyMap<string, Uint8Array>;
}

const OUT = resolve(__dirname, '../../out/fuzz');

/** Each compiled once. */
export function samples(): Sample[] {
  const versions = [2, 3, 4, 5];
  return [
    ...versions.map((version) => sample(`gcc${version}`, 'scopes.c', 'gcc', '-O2', `-gdwarf-${version}`)),
    ...versions.map((version) => sample(`clang${version}`, 'scopes.c', 'clang', '-O2', `-gdwarf-${version}`)),
    sample('unoptimised', 'values.c', 'gcc', '-O0', '-gdwarf-5'),
    sample('wide', 'loop.c', 'gcc', '-O2', '-gdwarf-5', '-gdwarf64'),
    sample('typeUnits', 'names.cc', 'g++', '-O1', '-gdwarf-4', '-fdebug-types-section'),
    sample('cc', 'names.cc', 'clang++', '-O2', '-gdwarf-5'),
    sample('debugFrame', 'loop.c', 'gcc', '-O2', '-gdwarf-5', '-fno-asynchronous-unwind-tables'),
    sample('compressed', 'loop.c', 'gcc', '-O2', '-gdwarf-5', '-gz=zlib'),
    sample('compressedGnu', 'loop.c', 'gcc', '-O2', '-gdwarf-4', '-gz=zlib-gnu'),
    split('split5', 'gcc', 5),
    split('split4', 'gcc', 4),
    split('splitTypes', 'clang', 5, '-fdebug-types-section'),
    packed('package5', 'clang', 5, 'llvm-dwp'),
    packed('packageTypes', 'clang', 5, 'llvm-dwp', '-fdebug-types-section'),
    packed('package4', 'gcc', 4, 'dwp'),
    zstd(),
    linked(),
    supplemented(),
  ];
}

function sample(name: string, source: string, compiler: string, ...flags: string[]): Sample {
  const path = built(name, (fresh) => {
    compile(compiler, source, fresh, flags);
  });
  return { name, path, bytes: readFileSync(path), related: new Map() };
}

/** With its .dwo file. */
function split(name: string, compiler: string, version: number, ...flags: string[]): Sample {
  const all = ['-O1', '-gsplit-dwarf', `-gdwarf-${version}`, '-c', ...flags];
  const object = built(`${name}.o`, (fresh) => {
    compile(compiler, 'scopes.c', fresh, all);
  });
  const path = built(name, (fresh) => {
    execFileSync(compiler, [object, '-o', fresh, '-lm', '-pthread']);
  });
  const dwo = object.replace(/\.o$/, '.dwo');
  const related = [[basename(dwo), readFileSync(dwo)] as const];
  return { name, path, bytes: readFileSync(path), related: new Map(related) };
}

/** With its split units in a package. */
function packed(name: string, compiler: string, version: number, packer: string, ...flags: string[]): Sample {
  const program = split(name, compiler, version, ...flags);
  const path = built(`${name}.dwp`, (fresh) => {
    // The name of the .dwo file is relative to the directory of compilation.
    execFileSync(packer, ['-e', program.path, '-o', fresh], { cwd: OUT, stdio: 'ignore' });
  });
  return { ...program, related: new Map([[basename(path), readFileSync(path)]]) };
}

/** Its sections compressed with zstd. */
function zstd(): Sample {
  const plain = sample('zstd-plain', 'values.c', 'gcc', '-O1', '-gdwarf-5');
  const path = built('zstd', (fresh) => {
    execFileSync('objcopy', ['--compress-debug-sections=zstd', plain.path, fresh]);
  });
  return { ...plain, name: 'zstd', path, bytes: readFileSync(path) };
}

/** A stripped program, and the file that its .gnu_debuglink names. */
function linked(): Sample {
  const whole = sample('linked-whole', 'scopes.c', 'gcc', '-O2', '-gdwarf-5', '-Wl,--build-id=none');
  const debug = built('linked.debug', (fresh) => {
    execFileSync('objcopy', ['--only-keep-debug', whole.path, fresh]);
  });
  const path = built('linked', (fresh) => {
    execFileSync('objcopy', ['--strip-debug', `--add-gnu-debuglink=${debug}`, whole.path, fresh]);
  });
  return {
    name: 'linked',
    path,
    bytes: readFileSync(path),
    related: new Map([[basename(debug), readFileSync(debug)]]),
  };
}

/** Two programs whose common entries dwz moved to a third file; one program where there is no dwz. */
function supplemented(): Sample {
  const name = 'supplemented';
  const twins = ['one', 'two'].map(
    (twin) => sample(`${name}-${twin}`, 'values.c', 'gcc', '-O1', '-gdwarf-4').path,
  );
  const shared = join(OUT, `${name}.dwz`);
  try {
    if (!existsSync(shared))
      execFileSync('dwz', ['-m', shared, '-M', `${name}.dwz`, ...twins], { stdio: 'ignore' });
  } catch {
    rmSync(shared, { force: true });
  }
  const related = existsSync(shared) ? [[`${name}.dwz`, readFileSync(shared)] as const] : [];
  return { name, path: twins[0]!, bytes: readFileSync(twins[0]!), related: new Map(related) };
}

function compile(compiler: string, source: string, output: string, flags: readonly string[]): void {
  const more = flags.includes('-c') ? [] : ['-pthread', '-Wl,--build-id=sha1'];
  execFileSync(compiler, ['-g', ...more, ...flags, join(FIXTURES, source), '-o', output, '-lm'], {
    stdio: 'ignore',
    cwd: OUT,
  });
}

function built(name: string, make: (fresh: string) => void): string {
  mkdirSync(OUT, { recursive: true });
  const path = join(OUT, name);
  if (existsSync(path)) return path;
  // gcc names the .dwo file after the object, so an object is made in place.
  const fresh = name.endsWith('.o') ? path : `${path}.${process.pid}`;
  make(fresh);
  if (fresh !== path) renameSync(fresh, path);
  return path;
}
