/** Text from the target for where VS Code reads more than text: Markdown, and the labels of quick picks. */
import { visibleStart } from '../../adapter/inertText';

/** Characters. */
const MAX_LABEL = 300;
const MAX_MARKDOWN = 1000;
const PUNCTUATION = /[!-/:-@[-`{-~]/g;
const ICON = /\$\((?=[A-Za-z0-9-]+(?:~[A-Za-z]+)?\))/g;

/**
 * Markdown of which nothing but the text's characters is seen. `MarkdownString.appendText` leaves addresses, which become links, and `<`.
 * Without its line ends a text is part of a paragraph; its spaces are kept.
 */
export const markdownText = (text: string): string =>
  visibleStart(text, MAX_MARKDOWN).replace(PUNCTUATION, '\\$&').replaceAll(' ', '&nbsp;');

/** A label, description or detail without icons: `$(bug)` is shown as that. */
export const labelText = (text: string): string => visibleStart(text, MAX_LABEL).replace(ICON, '\\$&');
