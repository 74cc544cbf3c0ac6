/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/** The texts at the lines' ends keep within the window, whatever its width, and beside the texts of others. */
import assert from 'node:assert/strict';
import { VIEWPORT } from './browser';
import type { Workbench } from './workbench';

/** Pixels from the left of the window. */
interface Layout {
  /** Of the last text at a line's end that is in view, without its margin. */
  readonly left: number;
  readonly right: number;
  /** Where the code begins, and where the minimap does. */
  readonly codeLeft: number;
  readonly edge: number;
  /** How far the editor scrolls. */
  readonly scrolled: number;
}

const NARROW = 1000;
/** A character is narrower. */
const CHARACTER = 9;

/** @param line with a text at its end; the program has lines that are longer than a narrow window */
export async function keepsWithinWindow(workbench: Workbench, line: string, program: string): Promise<void> {
  const code = program.split('\n');
  const columns = Math.max(...code.map(({ length }) => length));
  const longest = code.findIndex(({ length }) => length === columns) + 1;
  // The workbench knows of those lines that have been in view.
  await workbench.goTo(longest);
  await workbench.goTo(code.findIndex((text) => text.includes(line)) + 1);
  const wide = await layoutAt(workbench, VIEWPORT.width);
  assertWithin(wide);
  const onText = wide.left - wide.codeLeft + 10 * CHARACTER;
  assert.match(await workbench.hover(workbench.codeLine(line), onText), /\d hits[^]*Cost /);
  const narrow = await layoutAt(workbench, NARROW);
  assertWithin(narrow);
  assert.ok(narrow.right > narrow.edge - 5 * CHARACTER, 'the room there is is used');
  assert.ok(narrow.right - narrow.left < wide.right - wide.left - 10 * CHARACTER, 'the text is cut');
  assert.ok(narrow.scrolled > narrow.edge - narrow.codeLeft, 'the editor scrolls');
  assert.ok(narrow.scrolled <= (columns + 6) * CHARACTER, 'the editor scrolls as far as the code reaches');
  // A paint may be under way: a line's end is not there for a moment.
  for (const holds of [standsBeforeOthers, assertCaretBehindCode, staysInCopiedLine])
    await workbench.insist(
      () => holds(workbench),
      () => Promise.resolve(),
    );
  await workbench.goTo(longest);
  await workbench.run('Add Tracepoint');
  await workbench.until(
    'its text, alone in view',
    () => workbench.lineEnds(),
    (texts) => texts.length === 1 && /hits.*order = /.test(texts[0]!),
  );
  const beyond = await layoutAt(workbench, NARROW);
  assert.ok(beyond.left > beyond.edge, 'the code is longer than the window');
  assert.ok(beyond.right - beyond.left > 20 * CHARACTER, 'there is a text');
  assert.ok(beyond.right <= beyond.codeLeft + beyond.scrolled, 'one can scroll to it');
  await workbench.run('Remove Tracepoint');
  await workbench.until(
    'its text gone',
    () => workbench.lineEnds(),
    (texts) => texts.length === 0,
  );
  await workbench.page.setViewportSize(VIEWPORT);
}

function assertWithin({ left, right, edge }: Layout): void {
  assert.ok(right <= edge, `it ends at ${right}, and the code's part of the window at ${edge}`);
  assert.ok(right - left > 10 * CHARACTER, 'there is a text');
}

async function layoutAt(workbench: Workbench, width: number): Promise<Layout> {
  await workbench.page.setViewportSize({ ...VIEWPORT, width });
  // A paint may be under way, and the workbench lays itself out some moments later.
  let before: Layout | undefined;
  const settled = await workbench.until(
    `the layout of a window of ${width} pixels`,
    async () => {
      const last = before;
      await workbench.page.waitForTimeout(200);
      before = await layout(workbench);
      return JSON.stringify(before) === JSON.stringify(last) ? before : undefined;
    },
    (found) => found !== undefined,
  );
  return settled!;
}

const layout = ({ page }: Workbench): Promise<Layout | undefined> =>
  page.evaluate(() => {
    const span = [...document.querySelectorAll('.monaco-editor .view-line span')].findLast((element) =>
      /^".*hits/.test(getComputedStyle(element, '::after').content),
    );
    if (!span) return undefined;
    const style = getComputedStyle(span, '::after');
    const editor = span.closest('.overflow-guard')!;
    const codeLeft = editor.querySelector('.lines-content')!.getBoundingClientRect().x;
    // Out of the flow, a text takes no room in the element that it belongs to.
    const { x, right: end } = span.getBoundingClientRect();
    const isInFlow = style.position === 'static';
    const left = parseFloat(style.marginLeft) + (isInFlow ? x : codeLeft + parseFloat(style.left));
    return {
      left,
      right: isInFlow ? end : left + parseFloat(style.width),
      codeLeft,
      edge: editor.querySelector('.minimap')!.getBoundingClientRect().x,
      scrolled: editor.querySelector('.view-overlays')!.getBoundingClientRect().width,
    };
  });

/** End goes to the end of the code, wherever the text's is. */
async function assertCaretBehindCode({ page }: Workbench): Promise<void> {
  await page.keyboard.press('End');
  await page.waitForTimeout(200);
  const { caret, code } = await page.evaluate(() => {
    const line = [...document.querySelectorAll('.monaco-editor .view-line')].find((element) =>
      [...element.querySelectorAll('span')].some((span) =>
        /^".*hits/.test(getComputedStyle(span, '::after').content),
      ),
    )!;
    const spans = [...line.querySelectorAll('span > span')].filter((span) => span.textContent !== '');
    return {
      caret: document.querySelector('.editor-instance .cursor')!.getBoundingClientRect().x,
      code: spans.at(-1)!.getBoundingClientRect().right,
    };
  });
  assert.ok(Math.abs(caret - code) < 2, `the caret is at ${caret}, the code ends at ${code}`);
}

/** The lines that stick to the editor's top are copies, elsewhere in the page: there is no window to keep within. */
async function staysInCopiedLine({ page }: Workbench): Promise<void> {
  const position = await page.evaluate(() => {
    const line = [...document.querySelectorAll('.monaco-editor .view-line')].find((element) =>
      [...element.querySelectorAll('span')].some((span) =>
        /^".*hits/.test(getComputedStyle(span, '::after').content),
      ),
    )!;
    const copy = line.cloneNode(true) as HTMLElement;
    line.closest('.overflow-guard')!.append(copy);
    try {
      return [...copy.querySelectorAll('span')]
        .map((span) => getComputedStyle(span, '::after'))
        .find(({ content }) => /^".*hits/.test(content))?.position;
    } finally {
      copy.remove();
    }
  });
  assert.equal(position, 'static');
}

/** Another extension's text, as the workbench renders one, stands behind. */
async function standsBeforeOthers({ page }: Workbench): Promise<void> {
  const { start, end, next } = await page.evaluate(() => {
    const span = [...document.querySelectorAll('.monaco-editor .view-line span')].find((element) =>
      /^".*hits/.test(getComputedStyle(element, '::after').content),
    )!;
    const other = document.createElement('span');
    other.textContent = 'a text of another extension';
    span.after(other);
    try {
      const { left: start, right: end } = span.getBoundingClientRect();
      return { start, end, next: other.getBoundingClientRect().left };
    } finally {
      other.remove();
    }
  });
  assert.ok(end - start > 10 * CHARACTER && end <= next, 'the text of another extension stands behind');
}
