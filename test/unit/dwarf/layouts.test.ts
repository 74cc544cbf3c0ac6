import assert from 'node:assert/strict';
import { compareLayouts, type Comparison } from '../../corpus/layouts';
import { fixture, type Variant } from '../../fixtures/build';
import { openProgram } from './program';

const C_FLAGS = [['-gdwarf-2'], ['-gdwarf-3'], ['-gdwarf-4'], ['-gdwarf-5'], ['-gdwarf-5', '-O2']];
const CXX_FLAGS = [
  ...C_FLAGS,
  ['-gdwarf-4', '-fdebug-types-section'],
  ['-gdwarf-5', '-fdebug-types-section'],
];
const both = (flags: readonly (readonly string[])[]): Variant[] =>
  ['gcc', 'clang'].flatMap((compiler) => flags.map((each) => ({ compiler, flags: each })));

function layoutsOf(source: string, variant: Variant): Comparison {
  const program = fixture(source, variant);
  return compareLayouts(program, openProgram(program));
}

describe('The types of a program are laid out and named as gdb has them', function () {
  this.timeout(60_000);

  for (const variant of both(C_FLAGS))
    it(`in C, ${variant.compiler} ${variant.flags.join(' ')}`, () => {
      const { same, different, missing } = layoutsOf('types.c', variant);
      assert.deepEqual(missing, []);
      // `struct kinds` has an `unsigned __int128`.
      assert.deepEqual([...different.keys()], ['wordOrder']);
      assert.ok(same >= 11, String(same));
    });

  for (const variant of both(CXX_FLAGS.map((flags) => ['-std=c++20', ...flags])))
    it(`in C++, ${variant.compiler} ${variant.flags.join(' ')}`, () => {
      const { same, different, missing } = layoutsOf('types.cc', variant);
      assert.deepEqual(missing, []);
      assert.deepEqual([...different], []);
      assert.ok(same >= 16, String(same));
    });

  it('in Rust, but for the names of pointers', () => {
    const { same, different, missing } = layoutsOf('types.rs', { compiler: 'rustc', flags: [] });
    assert.deepEqual(missing, []);
    assert.deepEqual([...different.keys()], ['rustPointers']);
    assert.ok(same > 100, String(same));
  });
});
