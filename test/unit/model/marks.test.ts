import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EMPTY_DRAFT, withLimit, type Extras } from '../../../src/model/draft';
import { groupRow } from '../../../src/model/groupRow';
import { gutterIconStyle } from '../../../src/model/gutterIcon';
import type { SessionView } from '../../../src/model/lineBoard';
import { groupNames, MARK_COLOURS, MARK_SYMBOLS, markColourId, withMark } from '../../../src/model/mark';
import { ShownRows } from '../../../src/model/shownRows';
import { rowOf, type ListedTracepoint } from '../../../src/model/tracepointRow';
import { contrast } from '../../builders/contrast';

const view = (hits: number, rate = 0): SessionView => ({
  isOver: false,
  earlierHits: 0,
  id: 1,
  state: 'armed',
  counts: { hits, delivered: hits, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
  rate,
  throttledRate: 0,
  mode: 'log',
  values: [],
  sites: [],
});
const listed = (change: Partial<ListedTracepoint> = {}, extras: Extras = {}): ListedTracepoint => ({
  where: 46,
  enabled: true,
  draft: { ...EMPTY_DRAFT, extras },
  views: [],
  ...change,
});
const plain = (text: string): string => text.replace(/\u00a0/g, ' ');

describe("a tracepoint's marks", () => {
  it('are given and taken away, what it is otherwise untouched', () => {
    const limited = withLimit({}, 'sampling', 10);
    const marked = withMark(withMark(limited, { group: 'orders' }), { colour: 'blue' });
    assert.deepEqual(marked, { filter: { sampling: 10 }, group: 'orders', colour: 'blue' });
    assert.deepEqual(withMark(marked, { colour: undefined }), { filter: { sampling: 10 }, group: 'orders' });
    assert.deepEqual(withMark(withMark(marked, { group: undefined }), { colour: undefined }), limited);
  });

  it('stay when a limit is set, or taken away', () => {
    const marked: Extras = { group: 'orders', colour: 'blue' };
    assert.deepEqual(withLimit(withLimit(marked, 'maxHits', 5), 'maxHits', undefined), marked);
  });

  it('name the groups that there are, each once, in an order that people expect', () => {
    const marks = ['b', 'a10', 'a9', 'b'].map((group) => ({ group }));
    assert.deepEqual(groupNames([{}, ...marks]), ['a9', 'a10', 'b']);
  });

  it('are seen and told in its row: no colour without its sign', () => {
    for (const colour of MARK_COLOURS) {
      const row = rowOf(listed({}, { colour }));
      assert.ok(row.description.startsWith(`${MARK_SYMBOLS[colour]} `));
      assert.ok(row.details.includes(`marked ${colour}`));
      assert.ok(row.spoken.endsWith(`marked ${colour}`));
    }
    assert.equal(new Set(Object.values(MARK_SYMBOLS)).size, MARK_COLOURS.length);
  });

  it('have the file with the line, where a group has several files', () => {
    const { label, spoken } = rowOf(listed({ file: 'store.c' }));
    assert.equal(label, 'store.c:46');
    assert.match(spoken, /^store\.c, line 46, /);
  });

  it('have colours for all kinds of themes, of enough contrast, the same in the gutter', () => {
    const { contributes } = JSON.parse(readFileSync(join(__dirname, '../../../package.json'), 'utf8')) as {
      contributes: { colors: { id: string; defaults: Record<string, string> }[] };
    };
    const grounds = {
      light: '#ffffff',
      dark: '#1f1f1f',
      highContrast: '#000000',
      highContrastLight: '#ffffff',
    };
    for (const colour of MARK_COLOURS) {
      const { defaults } = contributes.colors.find(({ id }) => id === markColourId(colour))!;
      for (const [kind, ground] of Object.entries(grounds)) {
        const least = kind.startsWith('high') ? 7 : 4.5;
        assert.ok(contrast(defaults[kind]!, ground) >= least, `${colour}, ${kind}`);
      }
      const style = gutterIconStyle('', { label: '1', look: 'hitting', colour });
      assert.ok(style.includes(`var(--vscode-sourcetap-${colour}Mark)`));
    }
  });
});

describe('the row of a group', () => {
  it('has the sum of its hits and of its rates', () => {
    const { description, spoken } = groupRow('orders', [
      listed({ views: [view(3000, 20), view(400)] }),
      listed({ views: [view(12, 100)] }),
    ]);
    assert.equal(plain(description), '3 412 hits · 120/s');
    assert.equal(plain(spoken), 'orders, 2 tracepoints, 3 412 hits, 120/s');
  });

  it('is enabled where all of it is, and says how many are not', () => {
    const off = groupRow('orders', [listed(), listed({ enabled: false })]);
    assert.equal(off.isEnabled, false);
    assert.equal(off.spoken, 'orders, 2 tracepoints, 1 disabled');
    assert.equal(off.description, '');
    const on = groupRow('orders', [listed()]);
    assert.equal(on.isEnabled, true);
    assert.equal(on.spoken, 'orders, 1 tracepoint');
  });
});

describe('the rows of the list', () => {
  const row = (change: Partial<ListedTracepoint> = {}, extras: Extras = {}): ReturnType<typeof rowOf> =>
    rowOf(listed(change, extras));

  it('are painted again when they say something else, numbers alone not at once', () => {
    const shown = new ShownRows();
    const hitting = row({ views: [view(1, 10)] });
    assert.equal(shown.state('a', hitting, 0), 'due');
    shown.painted('a', hitting, 0);
    assert.equal(shown.state('a', hitting, 60_000), 'same');
    const more = row({ views: [view(2, 11)] });
    assert.equal(shown.state('a', more, 1000), 'later');
    assert.equal(shown.state('a', more, 3000), 'due');
  });

  it('are painted at once when they are in another state, or marked', () => {
    const shown = new ShownRows();
    shown.painted('a', row({ views: [view(1, 10)] }), 0);
    for (const other of [
      row({ views: [view(2, 0)] }),
      row({ views: [view(1, 10)], enabled: false }),
      row({ views: [{ ...view(1, 10), message: '2 copies' }] }),
      row({ views: [view(1, 10)], where: 47 }),
      row({ views: [view(1, 10)], draft: { ...EMPTY_DRAFT, condition: 'n > 3' } }),
      row({ views: [view(1, 10)] }, { colour: 'blue' }),
    ])
      assert.equal(shown.state('a', other, 100), 'due', other.spoken);
  });
});
