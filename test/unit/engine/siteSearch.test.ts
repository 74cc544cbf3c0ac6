import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  readdirSync,
  renameSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ElfImage } from '../../../adapter/elf/image';
import { DEFAULT_LIMITS } from '../../../adapter/engine/definition';
import { planTracepoint } from '../../../adapter/engine/planner';
import { findSites, type FoundSites } from '../../../adapter/engine/siteSearch';
import { parseWhere } from '../../../adapter/engine/where';
import { damageText, errorMessage } from '../../../adapter/messages';
import { openProgram, type Module } from '../../../adapter/symbols/module';
import { SourceMap } from '../../../adapter/symbols/sourceMap';
import { openFile } from '../../../adapter/sys/file';

describe('a place that is looked for in several modules', () => {
  let directory: string;
  const modules: Module[] = [];
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
    writeFileSync(join(directory, 'program.c'), 'int main(void) {\n  return 0;\n}\n');
    writeFileSync(join(directory, 'library.c'), 'int shared(int a) {\n  return a + 1;\n}\n');
  });
  afterEach(() => {
    for (const module of modules.splice(0)) module.close();
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });

  /** A module built from program.c or library.c. */
  function build(source: string, name: string, ...flags: string[]): Module {
    execFileSync('gcc', [...flags, source, '-o', name], { cwd: directory });
    const module = openProgram(join(directory, name));
    modules.push(module);
    return module;
  }
  const library = (...flags: string[]): Module =>
    build('library.c', 'library.so', '-shared', '-fPIC', ...flags);
  const program = (...flags: string[]): Module => build('program.c', 'program', ...flags);

  /** With a .debug_info that cannot be inflated. */
  function damagedLibrary(): Module {
    const path = join(directory, 'damaged.so');
    library('-g', '-gz=zlib').close();
    execFileSync('objcopy', ['--compress-debug-sections=zlib', 'library.so', path], { cwd: directory });
    const file = openFile(path);
    const { offset, size } = ElfImage.parse(file).section('.debug_info')!;
    file.close();
    writeFileSync(path, readFileSync(path).fill(0xff, offset + 24, offset + size));
    const module = openProgram(path);
    modules.push(module);
    return module;
  }
  const search = (where: string, ...among: Module[]): FoundSites =>
    findSites(parseWhere(where)!, among, new SourceMap());
  /** What the user is told. */
  const complaint = (where: string, ...among: Module[]): string => {
    try {
      search(where, ...among);
    } catch (error) {
      return errorMessage(error);
    }
    return assert.fail('it was found');
  };

  it('is found in a library', () => {
    const found = search('shared', program('-g'), library('-g'));
    assert.deepEqual(
      found.sites.map(({ module, line }) => [module.path, line]),
      [[join(directory, 'library.so'), 2]],
    );
    assert.deepEqual(found.damaged, []);
  });

  it('is found beside a library whose debug information is damaged, which is named', () => {
    const found = search('main', program('-g'), damagedLibrary());
    assert.equal(found.sites.length, 1);
    assert.match(found.damaged.map(damageText).join(), /^\S+\/damaged\.so is damaged: .*\.debug_info/);
  });

  it('is perhaps in a damaged library, when no other has it', () => {
    assert.match(
      complaint('nobody', program('-g'), damagedLibrary()),
      /^The program has neither a source file nor a function of the name nobody: .* lists what it has\. \S+\/damaged\.so is damaged: /,
    );
  });

  it('is a damaged program, when that is all there is', () => {
    assert.match(complaint('main', damagedLibrary()), /^\S+\/damaged\.so is damaged: /);
  });

  it('is perhaps in a program without debug information', () => {
    for (const where of ['nobody', 'other.c:3'])
      assert.match(
        complaint(where, program(), library('-g')),
        /^The program has n.*\. \S+\/program has no debug information\. Compile it with -g/,
        where,
      );
  });

  it('is a function of a module without debug information, by its symbols', () => {
    assert.match(
      complaint('shared', program('-g'), library()),
      /^shared is a function of \S+\/library\.so, which has no debug information\. Compile it with -g[^.]*\.$/,
    );
    assert.match(
      complaint('main', program(), library('-g')),
      /^main is a function of \S+\/program, which has no/,
    );
  });

  it('is in a program whose separate debug file belongs to another build, which is said', () => {
    const bare = program('-g', '-Wl,--build-id=0xbbbb').path;
    execFileSync('objcopy', ['--only-keep-debug', bare, 'program.debug'], { cwd: directory });
    execFileSync('objcopy', ['--strip-debug', '--add-gnu-debuglink=program.debug', bare], { cwd: directory });
    build('program.c', 'rebuilt', '-g', '-Wl,--build-id=0xaaaa');
    execFileSync('objcopy', ['--only-keep-debug', 'rebuilt', 'program.debug'], { cwd: directory });
    const linked = openProgram(join(directory, 'program'));
    modules.push(linked);
    assert.match(
      complaint('program.c:2', linked),
      /\/program has no debug information\. \S+\/program\.debug belongs to another build \(build-id aaaa, expected bbbb\)\. Compile/,
    );
  });

  it('is in a stripped program whose separate debug file is missing, which is named with its places', () => {
    const bare = program('-g').path;
    execFileSync('objcopy', ['--only-keep-debug', bare, 'away.debug'], { cwd: directory });
    execFileSync('objcopy', ['--strip-debug', '--add-gnu-debuglink=away.debug', bare], { cwd: directory });
    rmSync(join(directory, 'away.debug'));
    const linked = openProgram(join(directory, 'program'));
    modules.push(linked);
    assert.match(
      complaint('program.c:2', linked),
      /\/program has no debug information\. Its debug file, away\.debug, is at none of these places: (\S+\/away\.debug,? )+\S+\/away\.debug\. Compile/,
    );
  });

  it('is in a program whose split debug information is missing, which is named', () => {
    const split = program('-g', '-gsplit-dwarf', '-c', '-O0', '-ffunction-sections');
    split.close();
    renameSync(join(directory, 'program'), join(directory, 'program.o'));
    execFileSync('gcc', ['program.o', '-o', 'program'], { cwd: directory });
    for (const name of readdirSync(directory)) if (name.endsWith('.dwo')) rmSync(join(directory, name));
    const module = openProgram(join(directory, 'program'));
    modules.push(module);
    const definition = {
      where: parseWhere('program.c:2')!,
      capture: { mode: 'count' },
      limits: DEFAULT_LIMITS,
    } as const;
    assert.throws(
      () =>
        planTracepoint(definition, {
          modules: [module],
          program: module,
          sourceMap: new SourceMap(),
          pid: 0,
        }),
      (error) => {
        assert.match(
          errorMessage(error),
          /^No probe can be put there: .* is in program\.dwo, which was not found\./,
        );
        return true;
      },
    );
  });

  it('is perhaps in libraries without debug information, which are listed', () => {
    assert.match(
      complaint('nobody', program('-g'), library()),
      /nobody: .* lists what it has\. Libraries without debug information: library\.so\.$/,
    );
  });
});

describe('a file of a place', () => {
  let directory: string;
  let module: Module;
  before(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'sourcetap-')));
    for (const folder of ['a', 'b', 'real']) mkdirSync(join(directory, folder));
    symlinkSync('real', join(directory, 'link'));
    const source = (path: string, text: string): void => {
      writeFileSync(join(directory, path), text);
    };
    source('a/twin.c', 'int a(void) {\n  return 1;\n}\n');
    source('b/twin.c', 'int b(void) {\n  return 2;\n}\n');
    source('real/main.c', 'int a(void);\nint b(void);\nint main(void) {\n  return a() + b();\n}\n');
    const sources = ['a/twin.c', 'b/twin.c', 'link/main.c'].map((path) => join(directory, path));
    execFileSync('gcc', ['-g', ...sources, '-o', 'program'], { cwd: directory });
    module = openProgram(join(directory, 'program'));
  });
  after(() => {
    module.close();
    rmSync(directory, { recursive: true });
  });

  /** The functions it is in, with the directory as the current one. */
  const functions = (where: string): (string | undefined)[] => {
    const map = new SourceMap({}, join(directory, 'a'));
    return findSites(parseWhere(where)!, [module], map).sites.map(({ scope }) => scope?.name);
  };
  const refused = (where: string): string => {
    try {
      functions(where);
    } catch (error) {
      return errorMessage(error);
    }
    return assert.fail('it was found');
  };

  it('may be given relative to the current directory', () => {
    assert.deepEqual(functions('./twin.c:2'), ['a']);
    assert.deepEqual(functions('../b/twin.c:2'), ['b']);
    assert.deepEqual(functions('../link/main.c:4'), ['main']);
  });

  it('has all its lines where it is named alone, also those that a breakpoint on their function is at', () => {
    const map = new SourceMap();
    const where = parseWhere('a/twin.c')!;
    const lines = findSites(where, [module], map).sites.map(({ line }) => line);
    assert.deepEqual(lines, [1, 2, 3]);
    const definition = { where, capture: { mode: 'count' }, limits: DEFAULT_LIMITS } as const;
    const { parts } = planTracepoint(definition, {
      modules: [module],
      program: module,
      sourceMap: map,
      pid: 0,
    });
    const planned = parts.flatMap(({ sites }) => sites.map(({ line }) => line));
    assert.deepEqual(planned, [2, 3], 'one probe an address, for the line that is there');
  });

  it('may be given by the end of its path, or whole', () => {
    assert.deepEqual(functions('b/twin.c:2'), ['b']);
    assert.deepEqual(functions('../elsewhere/../b/twin.c:2'), ['b']);
    assert.deepEqual(functions(`${directory}/b/twin.c:2`), ['b']);
  });

  it('may be compiled by the path of a link, and be given by where that leads', () => {
    assert.deepEqual(functions(`${directory}/real/main.c:4`), ['main']);
    assert.deepEqual(functions('../real/main.c:4'), ['main']);
    assert.deepEqual(new Set(functions(`${directory}/real/main.c`)), new Set(['main']));
  });

  it("is the program's where a library has one of the same name", () => {
    execFileSync('gcc', ['-g', '-shared', '-fPIC', join(directory, 'a/twin.c'), '-o', 'a.so'], {
      cwd: directory,
    });
    writeFileSync(join(directory, 'b/long.c'), '\n\n\n\nint long_one(void) {\n  return 9;\n}\n');
    renameSync(join(directory, 'b/long.c'), join(directory, 'b/twin.c'));
    execFileSync('gcc', ['-g', '-shared', '-fPIC', join(directory, 'b/twin.c'), '-o', 'lib.so'], {
      cwd: directory,
    });
    const [program, library] = ['a.so', 'lib.so'].map((name) => openProgram(join(directory, name))) as [
      Module,
      Module,
    ];
    const scopes = (where: string, ...among: Module[]): (string | undefined)[] =>
      findSites(parseWhere(where)!, among, new SourceMap()).sites.map(({ scope }) => scope?.name);
    assert.deepEqual(scopes('twin.c:6', library, program), ['long_one']);
    assert.deepEqual(scopes('twin.c:2', program, library), ['a']);
    assert.deepEqual(new Set(scopes('twin.c', program, library)), new Set(['a']));
    assert.throws(
      () => scopes('twin.c:6', program, library),
      (error) => /^twin\.c:6 has no code.* The nearest with code: 3\.$/.test(errorMessage(error)),
    );
    assert.deepEqual(
      scopes(`${directory}/b/twin.c:6`, program, library),
      ['long_one'],
      'a whole path means itself',
    );
    program.close();
    library.close();
  });

  it('is to be given with more of its path where several have its name', () => {
    for (const where of ['twin.c:2', 'twin.c'])
      assert.match(
        refused(where),
        /^There are several files twin\.c: \S+\/a\/twin\.c, \S+\/b\/twin\.c\. Give more of the path\.$/,
      );
  });
});
