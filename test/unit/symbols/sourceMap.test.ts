import assert from 'node:assert/strict';
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

  it('leaves paths alone when it is empty', () => {
    assert.equal(new SourceMap().toEditor('/a/x.c'), '/a/x.c');
    assert.deepEqual(new SourceMap().candidatesInDebugInfo('/a/x.c'), ['/a/x.c']);
  });
});
