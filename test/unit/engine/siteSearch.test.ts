import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
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
      /^The program has neither a source file nor a function of the name nobody\. \S+\/damaged\.so is damaged: /,
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

  it('is perhaps in libraries without debug information, which are listed', () => {
    assert.match(
      complaint('nobody', program('-g'), library()),
      /nobody\. Libraries without debug information: library\.so\.$/,
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

  it('is to be given with more of its path where several have its name', () => {
    for (const where of ['twin.c:2', 'twin.c'])
      assert.match(
        refused(where),
        /^There are several files twin\.c: \S+\/a\/twin\.c, \S+\/b\/twin\.c\. Give more of the path\.$/,
      );
  });
});
