/**
 * How a text at a line's end keeps within the window: where it is too long, it ends with an ellipsis.
 *
 * Extensions are not told how wide an editor is, but a style sheet can ask. A decoration takes declarations where it takes a
 * `textDecoration` or an `outline`, as VS Code hands them through; other extensions rely on that, too.
 *
 * In the flow of the line, there is no telling what is in front of a text: inlay hints are not in the document. So it is taken out of
 * the flow and stretches from the mark in front of it to the window's edge. The mark is there without a symbol, too.
 *
 * Texts of other extensions at the line's end are the siblings of mark and text. One that follows would be drawn upon a text that is
 * out of the flow, which then stays in it. So it does in the lines that stick to the editor's top, which are copies elsewhere, and in an
 * engine without `if()` and `sibling-index()` (Chromium before 142).
 */

export interface TextSize {
  /** Columns of the text. */
  readonly columns: number;
  /** Columns of the code. */
  readonly code: number;
  /** Is there a symbol, a column wide, in between? */
  readonly isMarked: boolean;
}

export interface Minimap {
  /** Is it right of the code? */
  readonly isBehind: boolean;
  readonly maxColumn: number;
  readonly scale: number;
}

/** Of the whole line: makes the width of the editor, without its margin, that of a container, which is `100cqi`. */
export const lineStyle =
  'none; .editor-scrollable:has(&) { container-type: inline-size; --sourcetap-code: 1 }';

const IS_LAST = 'style(--sourcetap-code: 1) and style(sibling-count() = sibling-index())';
/** Of the mark: the text is the only one that follows. */
const IS_ALONE = 'style(--sourcetap-code: 1) and style(calc(sibling-count() - sibling-index()) = 1)';

/** Columns of the gap behind the code, and of that behind a symbol. */
const MARGIN = 3;
const MARK_MARGIN = 1;
/** Columns of a text, however long the code is; and those that make its first sign and an ellipsis. */
const LEAST = 30;
const ELLIPSIS = 2;
/** Columns that the editor scrolls beyond the longest line (`editor.scrollBeyondLastColumn`), and some to be sure. */
const SCROLLED = 6;

/** Of the mark and of the text, which are behind the same place, the mark first. */
export function lineEndStyles(
  line: number,
  { columns, code, isMarked }: TextSize,
  minimap: Minimap,
): { mark: string; text: string } {
  const margin = isMarked ? MARK_MARGIN : MARGIN;
  const before = code + MARGIN + (isMarked ? 1 + MARK_MARGIN : 0) + SCROLLED;
  const inFlow = (window: string): string => `max(${LEAST}ch, ${window} - ${before}ch)`;
  const window = windowWidth(minimap, ZOOM);
  const mark = `--sourcetap-mark-${line}`;
  const edge = `(100% - ${window})`;
  /** How far the line reaches beyond the window. */
  const beyond = `(${edge} - anchor(${mark} right))`;
  return {
    mark: styles(
      'display: inline-block',
      `margin-left: ${isMarked ? MARGIN : 0}ch`,
      // The editor takes what is beyond the line's width for empty: there would be no hover.
      `margin-right: if(${IS_ALONE}: calc(${margin}ch + min(${columns}ch, ${inFlow(window)})); else: 0)`,
      `anchor-name: if(${IS_ALONE}: ${mark}; else: none)`,
    ),
    text: styles(
      'display: inline-block',
      'overflow: hidden',
      'text-overflow: ellipsis',
      'white-space: pre',
      'vertical-align: top',
      `margin-left: ${margin}ch`,
      `max-width: ${inFlow(windowWidth(minimap, '1'))}`,
      `max-width: if(${IS_LAST}: max-content; else: ${inFlow(window)})`,
      `position: if(${IS_LAST}: fixed; else: static)`,
      // Both void where the mark is not alone and hence no anchor: the text then begins where it would in the flow.
      `left: anchor(${mark} right)`,
      // Of a line that is as long as the window, the text is where the editor scrolls to.
      `right: calc(${edge} - clamp(0px, 1000 * (${beyond} + ${margin + ELLIPSIS}ch), max(0px, ${beyond}) + ${margin + LEAST}ch))`,
    ),
  };
}

/** A column of the minimap is a pixel of the screen or more, whatever the zoom. */
const ZOOM = 'if(media(resolution < 1dppx): 1.5; else: 1)';

/**
 * Without what is right of the code: the minimap, with a gap, and the scroll bar. A column of the minimap is as wide as its scale in
 * pixels, and there are at most as many as columns of code in view, which are about eight pixels wide.
 */
const windowWidth = ({ isBehind, maxColumn, scale }: Minimap, zoom: string): string =>
  isBehind
    ? `(100cqi - ${zoom} * min(${maxColumn * scale}px, ${12 * scale}cqi) - 8px - 14px)`
    : '(100cqi - 14px)';

/** Behind what is a decoration of text indeed. */
const styles = (...declarations: readonly string[]): string => ['none', ...declarations].join('; ');
