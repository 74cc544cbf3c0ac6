import assert from 'node:assert/strict';
import { OtherDebuggers } from '../../../src/model/otherDebuggers';

describe("other debuggers' files", () => {
  const own = { contributes: { breakpoints: [{ language: 'c' }, { language: 'cpp' }] } };
  const others = new OtherDebuggers(own, [
    own,
    { contributes: { breakpoints: [{ language: 'python' }, { language: 'cpp' }] } },
    {
      contributes: { languages: [{ id: 'python', extensions: ['.py', '.pyi'], filenames: ['SConstruct'] }] },
    },
    {
      contributes: {
        languages: [
          { id: 'cpp', extensions: ['.cpp'] },
          { id: 'yacc', extensions: ['.y'] },
        ],
      },
    },
    {},
  ]);

  it('are those of the languages that they have breakpoints in', () => {
    assert.equal(others.have('/src/serve.py'), true);
    assert.equal(others.have('/src/SConstruct'), true);
  });

  it('are not those that this debugger has, too', () => {
    assert.equal(others.have('/src/serve.cpp'), false);
  });

  it('are not those of a language that nobody debugs: generated code may name them', () => {
    assert.equal(others.have('/src/grammar.y'), false);
    assert.equal(others.have('/src/table.inc'), false);
    assert.equal(others.have('/usr/include/c++/12/vector'), false);
  });

  it('are told by what the editor takes an open file for', () => {
    assert.equal(others.have('/src/tool', 'python'), true);
    assert.equal(others.have('/src/serve.py', 'cpp'), false);
  });
});
