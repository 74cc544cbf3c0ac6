import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CandidateSite } from '../../../adapter/engine/site';
import { findSites } from '../../../adapter/engine/siteSearch';
import { parseWhere } from '../../../adapter/engine/where';
import { openProgram, type Module } from '../../../adapter/symbols/module';
import { SourceMap } from '../../../adapter/symbols/sourceMap';
import { installed } from './twin';

const FIRST = `struct a { int x; long y; };
__attribute__((noinline)) int sum_a(struct a *first, int count) {
  int total = 0;
  for (int i = 0; i < count; i++)
    total += first[i].x;
  return total;
}
`;
const SECOND = `struct b { int p; long q; };
__attribute__((noinline)) int sum_b(struct b *second, int n) {
  int result = 0;
  for (int j = 0; j < n; j++)
    result += second[j].p;
  return result;
}
`;
const MAIN = `int sum_a(struct a *first, int count);
int sum_b(struct b *second, int n);
int main(int argc, char **argv) {
  return sum_a((void *)argv, argc) + sum_b((void *)argv, argc);
}
`;
const FUNCTIONS = [
  { name: 'sum_a', body: 'total +=', variables: ['count', 'first', 'i', 'total'] },
  { name: 'sum_b', body: 'result +=', variables: ['j', 'n', 'result', 'second'] },
];
const SOURCES = [
  { title: 'of one file', files: { 'both.c': FIRST + SECOND + MAIN } },
  { title: 'of two files', files: { 'a.c': FIRST, 'b.c': SECOND, 'main.c': MAIN } },
];

describe('Functions that the linker has folded into one', () => {
  let directory: string;
  let module: Module;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sourcetap-'));
  });
  afterEach(() => {
    module.close();
    rmSync(directory, { recursive: true });
  });

  const build = (files: Readonly<Record<string, string>>, compiler: string, ...flags: string[]): void => {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
    const all = [
      '-g',
      '-ffunction-sections',
      ...flags,
      '-Wl,--icf=all',
      ...Object.keys(files),
      '-o',
      'program',
    ];
    execFileSync(compiler, all, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] });
    module = openProgram(join(directory, 'program'));
  };
  const only = (where: string): CandidateSite => {
    const { sites } = findSites(parseWhere(where)!, [module], new SourceMap());
    assert.equal(sites.length, 1, where);
    return sites[0]!;
  };
  const variablesAt = ({ address, scope }: CandidateSite): string[] =>
    module
      .debug!.info.contextAt(address, scope)!
      .locals()
      .map(({ name }) => name)
      .sort();
  /** `FILE:LINE` of a text. */
  const placeOf = (files: Readonly<Record<string, string>>, text: string): string => {
    const [name, source] = Object.entries(files).find(([, body]) => body.includes(text))!;
    return `${name}:${source.slice(0, source.indexOf(text)).split('\n').length}`;
  };

  for (const { title, files } of SOURCES)
    for (const level of ['-O0', '-O1']) {
      it(`are both there, each with its own variables: ${title}, gold, ${level}`, function () {
        if (!installed('ld.gold')) this.skip();
        build(files, 'gcc', level, '-fuse-ld=gold');
        for (const { name, body, variables } of FUNCTIONS) {
          const site = only(placeOf(files, body));
          assert.equal(site.scope?.name, name);
          assert.deepEqual(variablesAt(site), variables);
          const entry = only(name);
          assert.equal(entry.scope?.name, name);
          assert.ok(variablesAt(entry).every((variable) => variables.includes(variable)));
          const [file, line] = placeOf(files, `${name}(struct`).split(':');
          assert.ok(entry.file?.endsWith(file!), entry.file);
          assert.ok(entry.line! >= Number(line) && entry.line! < Number(line) + 4, String(entry.line));
        }
        const [first, second] = FUNCTIONS.map(({ body }) => only(placeOf(files, body)).address);
        assert.equal(first, second);
      });

      // lld leaves one of them without code in the debug information.
      it(`are found, under the name of the one that is left: ${title}, lld, ${level}`, function () {
        if (!installed('ld.lld')) this.skip();
        build(files, 'clang', level, '-fuse-ld=lld');
        const [first, second] = FUNCTIONS.map(({ name, body }) => [only(name), only(placeOf(files, body))]);
        assert.deepEqual(
          first!.map(({ address }) => address),
          second!.map(({ address }) => address),
        );
        for (const site of [first!, second!].flat()) {
          const known = FUNCTIONS.find(({ name }) => name === site.scope?.name);
          assert.ok(known && variablesAt(site).every((name) => known.variables.includes(name)));
        }
      });
    }
});
