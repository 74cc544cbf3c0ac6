/** Gutter badges. An icon exists per decoration type only, so there is one type for each label and look. */
import * as vscode from 'vscode';
import { dataUri, gutterIcon, gutterIconStyle, type Badge } from './model/gutterIcon';
import type { Look } from './model/look';
import type { MarkColour } from './model/mark';

export interface LineBadge extends Badge {
  /** From 1. */
  readonly line: number;
}

/** Decoration types kept for reuse; those on screen are kept in any case. */
const MAX_UNUSED = 256;
type Type = vscode.TextEditorDecorationType;

export class GutterIcons implements vscode.Disposable {
  /** Least recently painted first. */
  readonly #types = new Map<string, Type>();
  /** What each editor shows: type's name -> lines. */
  readonly #painted = new Map<vscode.TextEditor, Map<string, string>>();

  paint(editor: vscode.TextEditor, badges: readonly LineBadge[]): void {
    const before = this.#painted.get(editor) ?? new Map<string, string>();
    const ranges = new Map<string, vscode.Range[]>();
    for (const { line, look, label, colour = '' } of badges) {
      const name = `${look} ${colour} ${label}`;
      ranges.set(name, [...(ranges.get(name) ?? []), new vscode.Range(line - 1, 0, line - 1, 0)]);
    }
    const after = new Map<string, string>();
    for (const [name, where] of ranges) {
      const shown = where.map(({ start }) => start.line).join();
      after.set(name, shown);
      if (before.get(name) !== shown) editor.setDecorations(this.#type(name), where);
    }
    for (const name of before.keys()) if (!after.has(name)) editor.setDecorations(this.#type(name), []);
    this.#painted.set(editor, after);
  }

  /** Lets go of editors that are closed, and of types long unused. */
  trim(): void {
    const visible = new Set(vscode.window.visibleTextEditors);
    for (const editor of this.#painted.keys()) if (!visible.has(editor)) this.#painted.delete(editor);
    const used = new Set([...this.#painted.values()].flatMap((names) => [...names.keys()]));
    const unused = [...this.#types.keys()].filter((name) => !used.has(name));
    for (const name of unused.slice(0, Math.max(0, unused.length - MAX_UNUSED))) {
      this.#types.get(name)?.dispose();
      this.#types.delete(name);
    }
  }

  dispose(): void {
    for (const type of this.#types.values()) type.dispose();
  }

  #type(name: string): Type {
    const type = this.#types.get(name) ?? createType(name);
    this.#types.delete(name);
    this.#types.set(name, type);
    return type;
  }
}

/** @param name look, colour and label, which is all that a picture depends on */
function createType(name: string): Type {
  const [look, colour, label] = name.split(' ') as [Look, MarkColour | '', string];
  const badge = { label, look, colour: colour === '' ? undefined : colour };
  const icon = dataUri(gutterIcon(badge));
  return vscode.window.createTextEditorDecorationType({
    gutterIconPath: vscode.Uri.parse(icon),
    gutterIconSize: gutterIconStyle(icon, badge),
  });
}
