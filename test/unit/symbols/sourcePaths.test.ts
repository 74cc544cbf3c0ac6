import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findSites } from '../../../adapter/engine/siteSearch';
import { parseWhere } from '../../../adapter/engine/where';
import { openProgram, type Module } from '../../../adapter/symbols/module';
import { SourceMap } from '../../../adapter/symbols/sourceMap';

/** Each function has one line of code of its own, which the name of its place below stands for. */
const SOURCES: Readonly<Record<string, string>> = {
  'src/a/same.c': 'int in_a(void) {\n  return 1;\n}\n',
  'src/b/same.c': 'int in_b(void) {\n  return 2;\n}\n',
  'src/ü ber/süß file.c': 'int odd(void) {\n  return 3;\n}\n',
  'src/inc.h': 'static int inc(void) {\n  return 7;\n}\n',
  'src/generated.c':
    '#line 100 "parser.y"\nint grammar(void) {\n  return 4;\n}\n#line 200 "/abs/olute/lexer.l"\nint lexer(void) {\n  return 6;\n}\n',
  'src/main.c':
    'int in_a(void), in_b(void), odd(void), grammar(void), lexer(void);\n#include "inc.h"\nint main(void) {\n  return in_a() + in_b() + odd() + grammar() + lexer() + inc();\n}\n',
};
/** As given to the compiler, from the folder `build`; `linked` leads to src/b. */
const GIVEN = [
  '../src/a/same.c',
  '../linked/same.c',
  '../src/ü ber/süß file.c',
  '../src/generated.c',
  '../src/main.c',
];

const COMPILERS: readonly (readonly string[])[] = [
  ['gcc', '-gdwarf-2', '-gstrict-dwarf'],
  ['gcc', '-gdwarf-4'],
  ['gcc', '-gdwarf-5'],
  ['gcc', '-gdwarf-5', '-flto'],
  ['clang', '-gdwarf-4'],
  ['clang', '-gdwarf-5'], // its directory and file tables have MD5 sums
];

describe('a source path', () => {
  let root: string;
  const opened: Module[] = [];
  before(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'sourcetap-')));
    for (const folder of ['src', 'src/a', 'src/b', 'src/ü ber', 'build']) mkdirSync(join(root, folder));
    for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(root, name), text);
    symlinkSync('src/b', join(root, 'linked'));
  });
  after(() => {
    for (const module of opened) module.close();
    rmSync(root, { recursive: true });
  });
  const build = ([compiler, ...flags]: readonly string[]): Module => {
    const program = `program${opened.length}`;
    execFileSync(compiler!, [...flags, ...GIVEN, '-o', program], { cwd: join(root, 'build') });
    opened.push(openProgram(join(root, 'build', program)));
    return opened.at(-1)!;
  };
  /** The functions at a place, and the path that is told of it. */
  const sitesAt = (where: string, module: Module, map: SourceMap): (readonly [string, string])[] =>
    findSites(parseWhere(where)!, [module], map).sites.map(({ scope, file }) => [
      scope?.name ?? '',
      file ?? '',
    ]);

  for (const command of COMPILERS)
    it(`leads to its function: ${command.join(' ')}`, () => {
      const module = build(command);
      const map = new SourceMap({}, root);
      const expected: Readonly<Record<string, readonly [string, string]>> = {
        [`${root}/src/a/same.c:2`]: ['in_a', `${root}/src/a/same.c`],
        'a/same.c:2': ['in_a', `${root}/src/a/same.c`],
        [`${root}/src/b/same.c:2`]: ['in_b', `${root}/linked/same.c`],
        [`${root}/linked/same.c:2`]: ['in_b', `${root}/linked/same.c`],
        'süß file.c:2': ['odd', `${root}/src/ü ber/süß file.c`],
        [`${root}/src/ü ber/süß file.c:2`]: ['odd', `${root}/src/ü ber/süß file.c`],
        './src/inc.h:2': ['inc', `${root}/src/inc.h`],
        'parser.y:101': ['grammar', `${root}/build/parser.y`],
        '/abs/olute/lexer.l:201': ['lexer', '/abs/olute/lexer.l'],
      };
      for (const [where, place] of Object.entries(expected))
        assert.deepEqual(sitesAt(where, module, map), [place], where);
      assert.throws(() => sitesAt('same.c:2', module, map), /ambiguousFile|line/);
    });

  const prefixMaps: readonly (readonly [compiler: string, flag: string, to: string])[] = [
    ['gcc -gdwarf-4', '-fdebug-prefix-map', '/build/here'],
    ['gcc -gdwarf-5', '-ffile-prefix-map', '/build/here'],
    ['clang -gdwarf-5', '-fdebug-prefix-map', '/build/here'],
    ['gcc -gdwarf-4', '-fdebug-prefix-map', '.'],
    ['gcc -gdwarf-5', '-fdebug-prefix-map', '.'],
    ['clang -gdwarf-4', '-fdebug-prefix-map', '.'],
    ['clang -gdwarf-5', '-ffile-prefix-map', '.'],
  ];
  for (const [compiler, flag, to] of prefixMaps)
    it(`that was mapped to ${to} is mapped back by sourceFileMap: ${compiler} ${flag}`, () => {
      const module = build([...compiler.split(' '), `${flag}=${root}=${to}`]);
      const map = new SourceMap({ [to]: root });
      for (const [name, line, given] of [
        ['in_a', 'src/a/same.c:2', 'src/a/same.c'],
        ['in_b', 'src/b/same.c:2', 'linked/same.c'],
        ['odd', 'src/ü ber/süß file.c:2', 'src/ü ber/süß file.c'],
        ['inc', 'src/inc.h:2', 'src/inc.h'],
      ] as const)
        assert.deepEqual(sitesAt(`${root}/${line}`, module, map), [[name, `${root}/${given}`]], line);
    });
});
