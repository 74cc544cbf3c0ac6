import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { breakpointLocations } from '../../../adapter/dap/breakpointLocations';
import { Positions } from '../../../adapter/dap/positions';
import { openProgram } from '../../../adapter/symbols/module';
import { SourceMap } from '../../../adapter/symbols/sourceMap';
import { fixture, FIXTURES, probeLine } from '../../fixtures/build';

const FILE = join(FIXTURES, 'columns.c');
const THREE = probeLine('columns.c', 'three');
const text = readFileSync(FILE, 'utf8').split('\n')[THREE - 1]!;
const SECOND = text.indexOf('called(&second)') + 1;

describe('breakpoint locations', () => {
  for (const compiler of ['gcc', 'clang'])
    describe(`of a program by ${compiler}`, () => {
      const module = openProgram(fixture('columns.c', { compiler, flags: ['-O0'] }));
      after(() => {
        module.close();
      });
      type Place = readonly [line: number, column?: number];
      const locations = (first: Place, last: Place, map = new SourceMap(), file = FILE): Place[] => {
        const range = {
          first: { line: first[0], column: first[1] ?? 1 },
          last: { line: last[0], column: last[1] ?? Infinity },
        };
        return breakpointLocations(file, range, [module], map).map(({ line, column }) =>
          column === undefined ? [line] : [line, column],
        );
      };

      it('are the columns of a line with several statements, and a line with one alone', () => {
        const found = locations([THREE], [THREE + 1]);
        assert.deepEqual(found.at(-1), [THREE + 1]);
        const columns = found.slice(0, -1);
        assert.ok(columns.length > 1 && columns.every(([line, column]) => line === THREE && column! > 0));
        assert.ok(columns.some(([, column]) => column === SECOND));
      });

      it('end with the range', () => {
        assert.deepEqual(locations([THREE, SECOND], [THREE, SECOND]), [[THREE, SECOND]]);
        const upTo = locations([THREE], [THREE, SECOND - 1]);
        assert.ok(upTo.length > 0 && upTo.every(([, column]) => column! < SECOND));
        assert.deepEqual(locations([THREE - 1, 1], [THREE, SECOND]).at(-1), [THREE, SECOND]);
      });

      it('are none where there is no code, or no such file', () => {
        assert.deepEqual(locations([1], [4]), []);
        assert.deepEqual(locations([THREE], [THREE], new SourceMap(), '/no/such.c'), []);
      });

      it('are found by the path of the editor', () => {
        const map = new SourceMap({ [FIXTURES]: '/elsewhere' });
        assert.deepEqual(
          locations([THREE], [THREE], map, '/elsewhere/columns.c'),
          locations([THREE], [THREE]),
        );
      });
    });
});

describe('positions', () => {
  it('are counted from 1, unless the client says from 0', () => {
    const one = new Positions({});
    assert.deepEqual(
      [one.line(3), one.column(4), one.out({ line: 3, column: 4 })],
      [3, 4, { line: 3, column: 4 }],
    );
    const zero = new Positions({ linesStartAt1: false, columnsStartAt1: false });
    assert.deepEqual([zero.line(3), zero.column(4)], [4, 5]);
    assert.deepEqual(zero.out({ line: 4, column: 5 }), { line: 3, column: 4 });
    assert.deepEqual(zero.out({}), {});
  });
});
