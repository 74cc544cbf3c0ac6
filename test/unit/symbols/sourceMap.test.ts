import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SourceMap } from '../../../adapter/symbols/sourceMap';

describe('sourceFileMap', () => {
  const map = new SourceMap({ '/build': '/home/me/project', '/build/third/': '/opt/third', '/': '/sysroot' });

  const toEditor: Record<string, string> = {
    '/build/src/x.c': '/home/me/project/src/x.c',
    '/build/third/y.c': '/opt/third/y.c',
    '/build': '/home/me/project',
    '/builder/x.c': '/sysroot/builder/x.c',
    'relative/x.c': 'relative/x.c',
  };
  for (const [debug, editor] of Object.entries(toEditor))
    it(`leads from ${debug} to ${editor}`, () => {
      assert.equal(map.toEditor(debug), editor);
    });

  it('leads back, to every path that the file may have in debug information', () => {
    assert.deepEqual(map.candidatesInDebugInfo('/home/me/project/src/x.c'), [
      '/build/src/x.c',
      '/home/me/project/src/x.c',
    ]);
    assert.deepEqual(map.candidatesInDebugInfo('/opt/third/y.c'), ['/build/third/y.c', '/opt/third/y.c']);
    assert.deepEqual(map.candidatesInDebugInfo('/sysroot/lib/z.c'), ['/lib/z.c', '/sysroot/lib/z.c']);
    assert.deepEqual(map.candidatesInDebugInfo('/home/me/project2/x.c'), ['/home/me/project2/x.c']);
  });

  const relative: Record<string, string[]> = {
    'x.c': ['x.c', '/work/src/x.c'],
    'src/x.c': ['src/x.c', '/work/src/src/x.c'],
    './x.c': ['/work/src/x.c', 'x.c'],
    '../lib/x.c': ['/work/lib/x.c', 'lib/x.c'],
    '../../../x.c': ['/x.c', 'x.c'],
  };
  for (const [path, names] of Object.entries(relative))
    it(`takes ${path} from the directory, and for the end of a path`, () => {
      assert.deepEqual(new SourceMap({}, '/work/src').candidatesInDebugInfo(path), names);
    });

  it('leads from relative paths, and leaves alone what is there as it is called', () => {
    const relativeMap = new SourceMap({ '.': '/home/me', './third': '/opt/third' });
    assert.equal(relativeMap.toEditor('/src/x.c'), '/home/me/src/x.c');
    assert.equal(relativeMap.toEditor('/third/y.c'), '/opt/third/y.c');
    assert.equal(relativeMap.toEditor(__filename), __filename);
  });

  it('leaves paths alone when it is empty', () => {
    assert.equal(new SourceMap().toEditor('/a/x.c'), '/a/x.c');
    assert.deepEqual(new SourceMap().candidatesInDebugInfo('/a/x.c'), ['/a/x.c']);
  });
});

describe('a source folder that is known by several paths', () => {
  let directory: string;
  before(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), 'sourcetap-')));
    mkdirSync(join(directory, 'real'));
    writeFileSync(join(directory, 'real', 'x.c'), '');
    symlinkSync('real', join(directory, 'link'));
  });
  after(() => {
    rmSync(directory, { recursive: true });
  });
  const at = (path: string): string => join(directory, path);

  it('is found by what its links lead to', () => {
    assert.deepEqual(new SourceMap().candidatesInDebugInfo(at('link/x.c')), [at('link/x.c'), at('real/x.c')]);
  });

  it('is mapped by either of its paths', () => {
    const map = new SourceMap({ '/build': at('link') });
    assert.equal(map.candidatesInDebugInfo(at('real/x.c'))[0], '/build/x.c');
    assert.equal(map.candidatesInDebugInfo(at('link/x.c'))[0], '/build/x.c');
  });

  it('is the one that was compiled by the path of a link', () => {
    const map = new SourceMap({ '/build': at('link') });
    for (const compiled of [at('link/x.c'), at('real/x.c'), '/build/x.c'])
      assert.ok(map.isSameFile(compiled, at('real/x.c')), compiled);
    assert.ok(!map.isSameFile('/elsewhere/x.c', at('real/x.c')));
  });

  it('is called in answers as it was asked for', () => {
    const map = new SourceMap({ '/build': at('real') });
    assert.equal(map.toEditor('/build/x.c'), at('real/x.c'));
    map.candidatesInDebugInfo(at('link/x.c'));
    for (const compiled of ['/build/x.c', at('real/x.c'), at('link/x.c')])
      assert.equal(map.toEditor(compiled), at('link/x.c'));
    assert.equal(map.toEditor('/build/y.c'), at('real/y.c'));
  });
});
