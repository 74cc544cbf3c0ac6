/** The programs of the corpus: their names, and how test/corpus/build makes each of them. */

interface Recipe {
  /** A function of test/corpus/build, and its arguments. */
  readonly recipe: readonly [string, ...string[]];
  /** Other programs that it is made from, or that it needs to run. */
  readonly needs?: readonly string[];
}

/** Compilers by the names that programs have them by: what Debian 12 calls them, whatever their versions are here. */
const GCC = 'gcc12';
const CLANG = 'clang14';
const COMMANDS = { [GCC]: ['gcc', 'g++'], [CLANG]: ['clang', 'clang++'] } as const;
const COMPILERS = [GCC, CLANG] as const;

const lua = (compiler: (typeof COMPILERS)[number], ...flags: string[]): Recipe => ({
  recipe: ['lua', COMMANDS[compiler][0], ...flags],
});

/** Every version and level that both compilers have: `lua-gcc12-O2-dw5`. */
function* luaMatrix(): Generator<[string, Recipe]> {
  for (const compiler of COMPILERS)
    for (const version of ['4', '5'])
      for (const level of ['0', 'g', '2'])
        yield [`lua-${compiler}-O${level}-dw${version}`, lua(compiler, `-O${level}`, `-gdwarf-${version}`)];
}

const LUA: Readonly<Record<string, Recipe>> = {
  ...Object.fromEntries(luaMatrix()),
  'lua-gcc12-O2-dw2': lua(GCC, '-O2', '-gdwarf-2', '-gstrict-dwarf'),
  'lua-gcc12-O2-dw3': lua(GCC, '-O2', '-gdwarf-3', '-gstrict-dwarf'),
  'lua-gcc12-O3-dw5': lua(GCC, '-O3', '-gdwarf-5'),
  'lua-gcc12-O2-g3': lua(GCC, '-O2', '-g3'),
  'lua-gcc12-O2-g1': lua(GCC, '-O2', '-g1'),
  'lua-gcc12-O2-lto': lua(GCC, '-O2', '-flto'),
  'lua-clang14-O2-lto': lua(CLANG, '-O2', '-flto', '-fuse-ld=lld'),
  'lua-gcc12-O2-split5': lua(GCC, '-O2', '-gsplit-dwarf', '-gdwarf-5'),
  'lua-gcc12-O2-split4': lua(GCC, '-O2', '-gsplit-dwarf', '-gdwarf-4'),
  'lua-gcc12-O2-dw64': lua(GCC, '-O2', '-gdwarf-5', '-gdwarf64'),
  'lua-gcc12-O2-types4': lua(GCC, '-O2', '-fdebug-types-section', '-gdwarf-4'),
  'lua-gcc12-O2-types5': lua(GCC, '-O2', '-fdebug-types-section', '-gdwarf-5'),
  'lua-gcc12-O2-gz': lua(GCC, '-O2', '-gz=zlib'),
  'lua-gcc12-O2-gzgnu': lua(GCC, '-O2', '-gz=zlib-gnu'),
  'lua-gcc12-O2-gc': lua(GCC, '-O2', '-ffunction-sections', '-fdata-sections', '-Wl,--gc-sections'),
  'lua-gcc12-O2-nopie': lua(GCC, '-O2', '-no-pie', '-fno-pie'),
  'lua-clang14-O2-names': lua(CLANG, '-O2', '-gdwarf-5', '-gpubnames', '-mllvm', '-accel-tables=Dwarf'),
  'lua-gcc12-O2-dwz': { recipe: ['dwz_of', 'lua-gcc12-O2-dw5'], needs: ['lua-gcc12-O2-dw5'] },
  'lua-stripped': { recipe: ['stripped_of', 'lua-gcc12-O2-dw5'], needs: ['lua-gcc12-O2-dw5'] },
};

const cxx = (compiler: (typeof COMPILERS)[number], ...flags: string[]): Recipe => ({
  recipe: ['source', COMMANDS[compiler][1], '-std=c++17', ...flags],
});

/** Two C++ programs: `inst-gcc12-O2` with a header library, `objects-gcc12-O2` of two units and all that multiplies lines. */
function* cxxMatrix(): Generator<[string, Recipe]> {
  for (const compiler of COMPILERS)
    for (const level of ['-O0', '-O2']) {
      yield [`inst-${compiler}${level}`, cxx(compiler, level, 'instances.cc')];
      yield [`objects-${compiler}${level}`, cxx(compiler, level, 'objects.cc', 'objects2.cc')];
    }
}

const PROGRAMS: Readonly<Record<string, Recipe>> = {
  ...LUA,
  ...Object.fromEntries(cxxMatrix()),
  'rs-O0': { recipe: ['source', 'rustc', '-C', 'opt-level=0', 'rs.rs'] },
  'rs-O2': { recipe: ['source', 'rustc', '-C', 'opt-level=2', 'rs.rs'] },
  'sqlite3-gcc12-O0': { recipe: ['sqlite', 'gcc', '-O0', 'shell.c', 'sqlite3.c'] },
  'sqlite3-gcc12-O2': { recipe: ['sqlite', 'gcc', '-O2', 'shell.c', 'sqlite3.c'] },
  'sqlite3-clang14-O2': { recipe: ['sqlite', 'clang', '-O2', 'shell.c', 'sqlite3.c'] },
  'libsqlite3.so': { recipe: ['sqlite', 'gcc', '-O2', '-fPIC', '-shared', 'sqlite3.c'] },
  'sqlite3-shlib': {
    recipe: ['sqlite', 'gcc', '-O1', 'shell.c', '-l:libsqlite3.so', '-Wl,-rpath,$ORIGIN'],
    needs: ['libsqlite3.so'],
  },
  'redis-server': { recipe: ['redis'] },
  'emacs-temacs': { recipe: ['emacs'] },
  'libpython3.11d.so': { recipe: ['debian', 'libpython3.11-dbg', '*/libpython3.11d.so.1.0'] },
  'libstdc++-dbg.so': { recipe: ['debian', 'libstdc++6-12-dbg', '*/debug/libstdc++.so.6.*[0-9]'] },
  'libjvm.debug': { recipe: ['libjvm'] },
  vmlinux: { recipe: ['vmlinux'] },
};

export const LUA_VARIANTS: readonly string[] = Object.keys(LUA);

/** @throws if there is none of this name */
export function recipeOf(name: string): Recipe {
  const found = PROGRAMS[name];
  if (!found)
    throw new Error(`the corpus has no program "${name}"; it has ${Object.keys(PROGRAMS).join(' ')}`);
  return found;
}
