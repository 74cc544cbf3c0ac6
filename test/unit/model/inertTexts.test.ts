/** What a traced program calls itself and its parts, and what it has in its strings, in everything that the editor shows. */
import assert from 'node:assert/strict';
import { unlinkedText, visibleStart, visibleText } from '../../../adapter/inertText';
import type { NamedValueView, TracepointView } from '../../../adapter/protocol';
import { EMPTY_DRAFT } from '../../../src/model/draft';
import { cells } from '../../../src/model/hitText';
import { hoverText } from '../../../src/model/hoverText';
import { ProgramLines } from '../../../src/model/programLines';
import { LineBoard, type SessionView } from '../../../src/model/lineBoard';
import { lineText } from '../../../src/model/lineText';
import { labelText, markdownText } from '../../../src/model/markup';
import { probeableText } from '../../../src/model/probeableText';
import { processLabel, type Process } from '../../../src/model/process';
import { statusText } from '../../../src/model/statusText';
import { rowOf } from '../../../src/model/tracepointRow';

const LONG = 'x'.repeat(1 << 20);
const UNSEEN = '\u001b[31m\u0000\u0007\n\r\t\u2028\u202e\u2066\u200b\ufeff\u00ad\u{e0041}\ud800';
const MARKUP =
  '[a](command:workbench.action.quit) <command:b> ![i](https://e.example/i.png) **b** `c`\n```\n<img src=x onerror=y> ${command:z} $(bug)';
const HOSTILE = [UNSEEN, MARKUP, `${UNSEEN}${LONG}`, `${MARKUP}${LONG}`];

const view = (text: string, change: Partial<TracepointView> = {}): SessionView => ({
  isOver: false,
  earlierHits: 0,
  id: 1,
  state: 'armed',
  path: '/src/a.c',
  line: 5,
  counts: { hits: 2, delivered: 2, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 },
  rate: 1,
  throttledRate: 0,
  mode: 'log',
  message: text,
  lastHit: { time: 0, pid: 1, tid: 2, function: text },
  values: [
    { name: 'plain', type: 'char *', value: text },
    { name: text, type: text, value: text, children: [{ name: text, type: text, unavailable: text }] },
    { name: 'gone', type: text, unavailable: text },
  ],
  sites: [
    { address: '0x1', function: text, hits: 1, trap: 'stepped' },
    { address: '0x2', function: text, hits: 1, trap: 'emulated' },
  ],
  ...change,
});

/** @param most characters */
function assertInert(text: string, most: number): void {
  assert.doesNotMatch(text, /[\p{C}\p{Zl}\p{Zp}]/u);
  assert.ok(text.length <= most, `${text.length} characters, ${most} at most`);
}

const everywhere = (check: (text: string) => void): void => HOSTILE.forEach(check);

describe('text that may hold anything', () => {
  it('is cut between characters', () => {
    assert.equal(visibleStart('abcdef', 6), 'abcdef');
    assert.equal(visibleStart('abcdefg', 6), 'abcde…');
    assert.equal(visibleStart('abcd\u{1f600}', 6), 'abcd\u{1f600}');
    assert.equal(visibleStart('abcd\u{1f600}e', 6), 'abcd…');
    assert.equal(visibleStart('\n\n\n\n', 6), '\\n\\n\\…');
  });

  it('makes no links where messages have them', () => {
    assert.equal(unlinkedText('[a](command:b)'), '[a] (command:b)');
    assert.equal(unlinkedText('<command:b?x> <HTTPS://e>'), '< command:b?x> < HTTPS://e>');
    const names = 'std::vector<int>[3] <core::fmt::Debug> <T as alloc::x> a<b';
    assert.equal(unlinkedText(names), names);
  });

  it('has no icons in labels, and stays itself there', () => {
    assert.equal(labelText('a $(bug)'), 'a \\$(bug)');
    assert.equal(labelText('$(sync~spin)'), '\\$(sync~spin)');
    assert.equal(labelText('\\$(bug)'), '\\\\$(bug)');
    assert.equal(labelText('$(a b)\n'), '$(a b)\\n');
    everywhere((text) => assertInert(labelText(text), 310));
  });

  it('is nothing but characters in Markdown', () => {
    everywhere((text) => {
      const escaped = markdownText(text);
      const left = escaped.replace(/\\[!-/:-@[-`{-~]/g, '').replaceAll('&nbsp;', '');
      assert.doesNotMatch(left, /[!-/:-@[-`{-~ ]/);
      assertInert(left, 1000);
    });
    assert.equal(markdownText('n is 5'), 'n&nbsp;is&nbsp;5');
  });
});

describe('what the editor shows of a hostile program', () => {
  const boardOf = (one: TracepointView): LineBoard => {
    const board = new LineBoard(() => new ProgramLines());
    board.update('s', { tracepoints: [one], removed: [] });
    return board;
  };
  const states = ['armed', 'failed', 'pending', 'spent', 'ended'] as const;

  it('is inert at the end of a line', () => {
    everywhere((text) => {
      for (const state of states) {
        const [line] = boardOf(view(text, { state })).lines('/src/a.c');
        assertInert(lineText(line!, 120), 120);
      }
    });
  });

  it('is inert in the hover, which stays readable', () => {
    everywhere((text) => {
      const values = Array.from({ length: 100 }, (): NamedValueView => ({
        name: text,
        type: text,
        value: text,
      }));
      const [line] = boardOf(view(text, { values: [...view(text).values, ...values] })).lines('/src/a.c');
      const { heading, messages, account, cost, values: shown, sites } = hoverText(line!, String);
      for (const part of [heading, ...messages, ...cost, account ?? '']) assertInert(part, 1000);
      for (const lines of [shown.split('\n'), sites.split('\n')]) {
        assert.ok(lines.length <= 41);
        for (const one of lines) assertInert(one, 600);
      }
    });
  });

  it('is inert in the list of tracepoints', () => {
    everywhere((text) => {
      for (const state of states) {
        const draft = { ...EMPTY_DRAFT, logMessage: text, condition: text };
        const row = rowOf({ where: text, enabled: true, draft, views: [view(text, { state })] });
        assertInert(row.label, 300);
        assertInert(row.description, 1000);
        for (const detail of row.details) assertInert(detail, 300);
        assertInert(row.spoken, 5000);
      }
    });
  });

  it('has a bounded number of values in the list', () => {
    const values = Array.from({ length: 1000 }, (_, i) => ({ name: `v${i}`, type: 'int', value: '1' }));
    const row = rowOf({ where: 5, enabled: true, draft: EMPTY_DRAFT, views: [view('', { values })] });
    assert.ok(row.details.length <= 50, `${row.details.length} details`);
    assert.match(row.details.at(-1)!, /^… \d+ more values$/);
  });

  it('is not in the status bar at all', () => {
    const of = (text: string): unknown => statusText([view(text)], 1);
    everywhere((text) => assert.deepEqual(of(text), of('')));
  });

  it('is inert in the rows of hits', () => {
    everywhere((text) => {
      const hit = { function: text, message: text, values: view(text).values };
      for (const cell of cells({ id: 1, tracepoint: 1, timeNs: '1', pid: 1, tid: 2, ...hit }, 0))
        assertInert(cell, 1000);
    });
  });

  it('is inert beside lines that can be traced', () => {
    everywhere((text) => {
      const line = { line: 1, copies: 2 };
      assertInert(probeableText({ ...line, probeable: false, reason: text }), 300);
      assertInert(probeableText({ ...line, probeable: true, optimisedOut: [text, text, text] }), 300);
    });
  });

  it('is inert in the list of processes', () => {
    everywhere((text) => {
      const process = { pid: 7, name: text, commandLine: text } as Process;
      const { label, detail } = processLabel(process);
      assertInert(label, 310);
      assertInert(detail, 310);
      assert.doesNotMatch(label + detail, /(?<!\\)\$\(bug/);
    });
  });

  it('stays as it was written where there is nothing hostile', () => {
    assert.equal(visibleText('n = 5 · ünï 日本'), 'n = 5 · ünï 日本');
  });
});
