import assert from 'node:assert/strict';
import {
  BreakpointBook,
  definitionOf,
  type BookChange,
  type WantedBreakpoint,
} from '../../../adapter/dap/breakpointBook';
import { DEFAULT_LIMITS } from '../../../adapter/dap/openTarget';

const at = (line: number, logMessage?: string): WantedBreakpoint => ({
  where: { kind: 'line', file: 'a.c', line },
  logMessage,
  condition: undefined,
  hitCondition: undefined,
  refusal: undefined,
});
const unmoved = (): undefined => undefined;

describe('the breakpoints of a client', () => {
  it('keep their ids when they come again, in any order, edited or not', () => {
    const book = new BreakpointBook();
    const first = book.set('a.c', [at(1), at(2), at(3)], unmoved).entries.map(({ id }) => id);
    const again = book.set('a.c', [at(3), at(1, 'n={n}'), at(2)], unmoved);
    assert.deepEqual(
      again.entries.map(({ id }) => id),
      [first[2], first[0], first[1]],
    );
    assert.deepEqual(again.removed, []);
    assert.equal(again.entries[1]!.wanted.logMessage, 'n={n}');
  });

  it('are removed when they do not come again, in their file alone', () => {
    const book = new BreakpointBook();
    const [first] = book.set('a.c', [at(1), at(2)], unmoved).entries;
    book.set('b.c', [at(1)], unmoved);
    assert.deepEqual(book.set('a.c', [at(2)], unmoved).removed, [first!.id]);
    assert.equal(book.entries().length, 2);
    assert.equal(book.find(first!.id), undefined);
  });

  it('never get the id of one that is gone', () => {
    const book = new BreakpointBook();
    const ids = [1, 2, 3].map((line) => book.set('a.c', [at(line)], unmoved).entries[0]!.id);
    assert.equal(new Set(ids).size, 3);
  });

  it('stay the same where the editor has moved them to the line that they are really at', () => {
    const book = new BreakpointBook();
    const [entry] = book.set('a.c', [at(10)], unmoved).entries;
    const moved = book.set('a.c', [at(12)], (id) => (id === entry!.id ? 12 : undefined));
    assert.deepEqual(moved.entries[0], entry);
    assert.deepEqual(moved.removed, []);
  });

  it('are others at other columns of one line', () => {
    const inline = (column: number): WantedBreakpoint => ({
      ...at(10),
      where: { kind: 'line', file: 'a.c', line: 10, column },
    });
    const book = new BreakpointBook();
    const before = book.set('a.c', [inline(3)], unmoved).entries;
    const after = book.set('a.c', [inline(9)], () => 10);
    assert.deepEqual(
      after.removed,
      before.map(({ id }) => id),
    );
    assert.deepEqual(after.entries[0]!.wanted, inline(9));
  });

  it('are snapshots without a message, and what they are configured to be with any', () => {
    const book = new BreakpointBook();
    const [plain, logged] = book.set('a.c', [at(1, '  '), at(2, '{n}')], unmoved).entries;
    assert.deepEqual(definitionOf(plain!, DEFAULT_LIMITS).capture, { mode: 'snapshot' });
    assert.deepEqual(definitionOf(logged!, DEFAULT_LIMITS).capture, { mode: 'log', message: '{n}' });
    const counting = book.configure({
      breakpointId: logged!.id,
      mode: 'count',
      limits: { bytesPerHit: 64 },
    })!;
    assert.deepEqual(definitionOf(counting, DEFAULT_LIMITS), {
      where: logged!.wanted.where,
      capture: { mode: 'count' },
      filter: {},
      limits: { bytesPerHit: 64, sites: DEFAULT_LIMITS.sites },
    });
    const edited = book.set('a.c', [at(2, '{m}')], unmoved).entries[0]!;
    assert.equal(
      definitionOf(edited, DEFAULT_LIMITS).capture.mode,
      'count',
      'an edit keeps the configuration',
    );
  });

  it('are what their line is preset to be, also when they come, or come again', () => {
    const book = new BreakpointBook();
    const preset = { mode: 'count', filter: { maxHits: 5 } } as const;
    const modes = (): (string | undefined)[] => book.entries().map(({ configured }) => configured.mode);
    assert.deepEqual(book.preset({ path: 'a.c', line: 2, ...preset }), []);
    book.set('a.c', [at(1), at(2)], unmoved);
    assert.deepEqual(modes(), [undefined, 'count']);
    book.set('a.c', [at(1)], unmoved);
    book.set('a.c', [at(1), at(2)], unmoved);
    assert.deepEqual(modes(), [undefined, 'count']);
    const [changed] = book.preset({ path: 'a.c', line: 2 });
    assert.equal(changed!.wanted.where.kind === 'line' && changed!.wanted.where.line, 2);
    assert.deepEqual(modes(), [undefined, undefined]);
  });

  describe('whose source was edited', () => {
    const idsOf = ({ entries }: BookChange): number[] => entries.map(({ id }) => id);
    const EDITED = true;

    it('stay what they are at the lines that they have now, and where they are in the program', () => {
      const book = new BreakpointBook();
      const [first, second] = idsOf(book.set('a.c', [at(10, '{n}'), at(20)], unmoved));
      book.configure({ breakpointId: first!, mode: 'count' });
      const edited = book.set('a.c', [at(11, '{n}'), at(23)], unmoved, EDITED);
      assert.deepEqual(idsOf(edited), [first, second]);
      assert.deepEqual(edited.removed, []);
      assert.deepEqual(
        edited.entries.map(({ movedBy, wanted: { where }, configured: { mode } }) => [where, movedBy, mode]),
        [
          [at(10).where, 1, 'count'],
          [at(20).where, 3, undefined],
        ],
      );
      assert.deepEqual(idsOf(book.set('a.c', [at(23), at(11, '{m}')], unmoved)), [second, first]);
      const back = book.set('a.c', [at(10, '{m}'), at(20)], unmoved, EDITED);
      assert.deepEqual(idsOf(back), [first, second]);
      assert.deepEqual(
        back.entries.map(({ movedBy }) => movedBy),
        [0, 0],
      );
    });

    it('are not taken for each other where one comes to the line of the next', () => {
      const book = new BreakpointBook();
      const before = idsOf(book.set('a.c', [at(10), at(11), at(12, '{n}')], unmoved));
      const edited = book.set('a.c', [at(11), at(12), at(13, '{n}')], unmoved, EDITED);
      assert.deepEqual(idsOf(edited), before);
    });

    it('are found by their places, then by what they say, where some are gone', () => {
      const book = new BreakpointBook();
      const [first, , third] = idsOf(book.set('a.c', [at(10), at(20), at(30)], unmoved));
      const edited = book.set('a.c', [at(14), at(30)], unmoved, EDITED);
      assert.deepEqual(idsOf(edited), [first, third]);
    });

    it('are others where they say something else', () => {
      const book = new BreakpointBook();
      const [before] = idsOf(book.set('a.c', [at(10, '{n}')], unmoved));
      assert.deepEqual(book.set('a.c', [at(11, '{m}')], unmoved, EDITED).removed, [before]);
    });

    it('are others at another line where it was not', () => {
      const book = new BreakpointBook();
      const [before] = idsOf(book.set('a.c', [at(10)], unmoved));
      assert.deepEqual(book.set('a.c', [at(11)], unmoved).removed, [before]);
    });

    it('are counted from the line that they are really at, to which the editor had moved them', () => {
      const book = new BreakpointBook();
      const isAt12 = (): number => 12;
      const before = idsOf(book.set('a.c', [at(10)], isAt12));
      const edited = book.set('a.c', [at(13)], isAt12, EDITED);
      assert.deepEqual(idsOf(edited), before);
      assert.equal(edited.entries[0]!.movedBy, 1);
      assert.deepEqual(idsOf(book.set('a.c', [at(13, '{n}')], isAt12)), before);
      assert.equal(book.preset({ path: 'a.c', line: 13, mode: 'count' }).length, 1);
    });

    it('stay the same at another column of their line, too', () => {
      const inline = (line: number, column: number): WantedBreakpoint => ({
        ...at(line),
        where: { kind: 'line', file: 'a.c', line, column },
      });
      const book = new BreakpointBook();
      const before = idsOf(book.set('a.c', [inline(10, 3)], unmoved));
      const [edited] = book.set('a.c', [inline(11, 5)], unmoved, EDITED).entries;
      assert.deepEqual(edited!.wanted.where, inline(10, 3).where);
      assert.deepEqual(idsOf(book.set('a.c', [inline(11, 5)], unmoved)), before);
    });

    it('have their presets at the lines that they have now', () => {
      const book = new BreakpointBook();
      const modes = (): unknown[] => book.entries().map(({ configured: { mode } }) => mode);
      book.preset({ path: 'a.c', line: 10, mode: 'count' });
      book.preset({ path: 'a.c', line: 11, mode: 'snapshot' });
      book.set('a.c', [at(10), at(11)], unmoved);
      book.set('a.c', [at(11), at(12)], unmoved, EDITED);
      assert.deepEqual(modes(), ['count', 'snapshot']);
      book.set('a.c', [], unmoved);
      book.set('a.c', [at(10), at(11), at(12)], unmoved);
      assert.deepEqual(modes(), [undefined, 'count', 'snapshot']);
      book.set('a.c', [at(10), at(15), at(16)], unmoved, EDITED);
      book.preset({ path: 'a.c', line: 15, mode: 'log' });
      assert.deepEqual(modes(), [undefined, 'log', 'snapshot']);
    });
  });
});
