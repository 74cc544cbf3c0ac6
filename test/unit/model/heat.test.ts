import assert from 'node:assert/strict';
import { HeatBoard, HOTTEST } from '../../../src/model/heat';
import { ProgramLines } from '../../../src/model/programLines';

const FILE = '/src/a.c';
const at = (line: number, hits: number, name = 'f', path = FILE) => ({ path, line, function: name, hits });

describe('counts of lines', () => {
  it('add up over functions and sessions, each by its last news', () => {
    const board = new HeatBoard(() => new ProgramLines());
    board.update('s', [at(5, 10), at(5, 1, 'g'), at(6, 0), at(5, 99, 'f', '/src/b.c')]);
    board.update('t', [at(5, 100)]);
    board.update('s', [at(5, 20)]);
    assert.deepEqual(
      board.lines(FILE).map(({ line, hits }) => [line, hits]),
      [
        [5, 121],
        [6, 0],
      ],
    );
  });

  it('are hotter the more there are, by the logarithm; a line that never ran is cold', () => {
    const board = new HeatBoard(() => new ProgramLines());
    board.update('s', [at(1, 0), at(2, 1), at(3, 1000), at(4, 1_000_000)]);
    const heats = board.lines(FILE).map(({ heat }) => heat);
    assert.deepEqual(heats, [0, 1, 3, HOTTEST]);
  });

  it('say why a line has none, unless another function has', () => {
    const board = new HeatBoard(() => new ProgramLines());
    board.update('s', [{ path: FILE, line: 5, function: 'f', unavailable: 'AVX' }]);
    assert.deepEqual(board.lines(FILE), [{ line: 5, hits: undefined, heat: 0, unavailable: 'AVX' }]);
    board.update('s', [at(5, 3, 'g')]);
    assert.equal(board.lines(FILE)[0]!.hits, 3);
  });

  it('give way to what their session counts next, as do those of sessions that are over', () => {
    const board = new HeatBoard(() => new ProgramLines());
    for (const session of ['over', 's', 't']) board.update(session, [at(5, 1), at(6, 1)]);
    board.begin('s', ['s', 't']);
    board.update('s', [at(6, 10)]);
    assert.deepEqual(
      board.lines(FILE).map(({ line, hits }) => [line, hits]),
      [
        [5, 1],
        [6, 11],
      ],
    );
  });

  it('move with edits, and go when they are cleared', () => {
    const program = new ProgramLines();
    const board = new HeatBoard(() => program);
    board.update('s', [at(5, 3)]);
    const start = { line: 1, character: 0 };
    program.edited(FILE, 'a\nb\nc\nd\ne', [{ start, end: start, text: '\n\n' }]);
    board.update('s', [at(5, 4)]);
    assert.deepEqual(
      board.lines(FILE).map(({ line, hits }) => [line, hits]),
      [[7, 4]],
    );
    board.clear();
    assert.equal(board.isEmpty, true);
  });
});
