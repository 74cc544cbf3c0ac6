import assert from 'node:assert/strict';
import {
  ADDED_LINES,
  CHECK_REQUEST,
  COUNT_REQUEST,
  HITS_REQUEST,
  LINES_REQUEST,
  PRESET_REQUEST,
  VALUES_AT_REQUEST,
} from '../../../adapter/protocol';
import { answerOut, argumentsIn, eventOut } from '../../../src/model/messageLines';
import { ProgramLines } from '../../../src/model/programLines';

const path = '/src/a.c';
const OTHER = '/src/b.c';

/** a b c d e became a, new, b, c, e: c is changed, d gone. */
function edited(): ProgramLines {
  const lines = new ProgramLines();
  const at = (line: number, character = 0) => ({ line, character });
  const built = 'a();\nb();\nc();\nd();\ne();';
  lines.edited(path, built, [{ start: at(4), end: at(5), text: '' }]);
  lines.edited(path, built, [{ start: at(3, 2), end: at(3, 2), text: '1' }]);
  lines.edited(path, built, [{ start: at(2), end: at(2), text: 'new();\n' }]);
  return lines;
}

describe('messages between the editor and the adapter', () => {
  const lines = edited();
  const asked = (command: string, args: object): Record<string, unknown> =>
    argumentsIn(command, args, lines) as Record<string, unknown>;
  const told = (command: string, body: object, args: object = {}): unknown =>
    answerOut(command, body, args, lines);

  it('have breakpoints at the lines of the program, which no edit has moved', () => {
    const { breakpoints, sourceModified } = asked('setBreakpoints', {
      source: { path },
      breakpoints: [{ line: 1 }, { line: 3, logMessage: '{n}' }, { line: 5 }, { line: 2 }],
      sourceModified: true,
    });
    assert.deepEqual(breakpoints, [
      { line: 1 },
      { line: 2, logMessage: '{n}' },
      { line: 5 },
      { line: ADDED_LINES },
    ]);
    assert.equal(sourceModified, false);
    assert.deepEqual(
      asked('setBreakpoints', { source: { path: OTHER }, breakpoints: [{ line: 3 }] })['breakpoints'],
      [{ line: 3 }],
    );
  });

  it('tell of breakpoints where they are in the editor, or were', () => {
    const source = { path };
    assert.deepEqual(
      told('setBreakpoints', {
        breakpoints: [
          { id: 1, verified: true, source, line: 3 },
          { id: 2, verified: true, source, line: 4 },
          { id: 3, verified: false, source, line: ADDED_LINES },
          { id: 4, verified: false, message: 'no source' },
        ],
      }),
      {
        breakpoints: [
          { id: 1, verified: true, source, line: 4 },
          { id: 2, verified: true, source, line: 4 },
          { id: 3, verified: false, source, line: 2 },
          { id: 4, verified: false, message: 'no source' },
        ],
      },
    );
    assert.deepEqual(
      eventOut(
        'breakpoint',
        { reason: 'changed', breakpoint: { id: 1, verified: true, source, line: 2 } },
        lines,
      ),
      { reason: 'changed', breakpoint: { id: 1, verified: true, source, line: 3 } },
    );
  });

  it('link the console to the line as it is now', () => {
    const output = (at: string, line: number): object => ({ output: 'n=1\n', source: { path: at }, line });
    assert.deepEqual(eventOut('output', output(path, 2), lines), output(path, 3));
    assert.deepEqual(eventOut('output', output(OTHER, 2), lines), output(OTHER, 2));
    assert.deepEqual(eventOut('output', { output: 'x\n' }, lines), { output: 'x\n' });
  });

  it('ask about a part of the text as it is now, and answer for no more than that', () => {
    const question = { path, first: 2, last: 4 };
    assert.deepEqual(asked(LINES_REQUEST, question), { path, first: 2, last: 3 });
    const found = { lines: [{ line: 1 }, { line: 2 }, { line: 3 }, { line: 4 }] };
    assert.deepEqual(told(LINES_REQUEST, found, question), { lines: [{ line: 3 }, { line: 4 }] });
    const place = { source: { path }, line: 5 };
    assert.deepEqual(asked('breakpointLocations', place), { ...place, endLine: 5 });
    assert.deepEqual(
      told('breakpointLocations', { breakpoints: [{ line: 4 }, { line: 5, column: 2 }] }, place),
      {
        breakpoints: [{ line: 5, column: 2 }],
      },
    );
  });

  it('have all other lines translated, too', () => {
    for (const command of [CHECK_REQUEST, PRESET_REQUEST])
      assert.deepEqual(asked(command, { path, line: 4, mode: 'count' }), { path, line: 3, mode: 'count' });
    assert.deepEqual(asked(COUNT_REQUEST, { functionAt: { path, line: 4 } }), {
      functionAt: { path, line: 3 },
    });
    assert.deepEqual(asked(COUNT_REQUEST, { files: [path] }), { files: [path] });
    assert.deepEqual(asked('launch', { program: 'p', presets: [{ path, line: 3 }] }), {
      program: 'p',
      presets: [{ path, line: 2 }],
    });
    assert.deepEqual(told(VALUES_AT_REQUEST, { hits: [{ id: 1, path, line: 5 }] }), {
      hits: [{ id: 1, path, line: 5 }],
    });
    assert.deepEqual(told(HITS_REQUEST, { hits: [{ id: 1, path, line: 2 }, { id: 2 }], total: 2 }), {
      hits: [{ id: 1, path, line: 3 }, { id: 2 }],
      total: 2,
    });
  });

  it('are the same where there is no line in them', () => {
    assert.equal(argumentsIn('threads', undefined, lines), undefined);
    assert.deepEqual(told('toString', { threads: [] }), { threads: [] });
  });
});
