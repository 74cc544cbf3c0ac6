import assert from 'node:assert/strict';
import { BreakpointBook, definitionOf, type WantedBreakpoint } from '../../../adapter/dap/breakpointBook';
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
});
