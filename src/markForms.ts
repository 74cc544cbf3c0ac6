/** Asks how to mark tracepoints. */
import * as vscode from 'vscode';
import { MARK_COLOURS, MARK_SYMBOLS, markColourId, type MarkColour } from './model/mark';

/** The answer; undefined takes the mark away. There is no choice where the list was left. */
export interface Choice<T> {
  readonly chosen: T | undefined;
}

type Item = vscode.QuickPickItem & { readonly group: string | undefined };

/**
 * Asks for one of the groups there are, or for the name of a new one.
 * @param current those that the tracepoints are in
 */
export async function askGroup(
  groups: readonly string[],
  current: ReadonlySet<string | undefined>,
): Promise<Choice<string> | undefined> {
  const pick = vscode.window.createQuickPick<Item>();
  const items = (): Item[] => {
    const name = pick.value.trim();
    const fresh = { label: `$(add) New group ${name}`, group: name, alwaysShow: true };
    return [
      ...groups.map((group) => ({
        label: group,
        group,
        description: current.has(group) ? 'where it is' : '',
      })),
      ...(name === '' || groups.includes(name) ? [] : [fresh]),
      ...(groups.some((group) => current.has(group))
        ? [{ label: '$(close) No group', group: undefined }]
        : []),
    ];
  };
  pick.title = 'Move to Group';
  pick.placeholder = groups.length === 0 ? 'Name of the group' : 'A group, or the name of a new one';
  pick.items = items();
  pick.onDidChangeValue(() => (pick.items = items()));
  const choice = new Promise<Choice<string> | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const [item] = pick.activeItems;
      // Who is quick presses Enter before the list has the new name.
      const chosen = item ? item.group : pick.value.trim();
      if (item || chosen) resolve({ chosen });
    });
    pick.onDidHide(() => {
      resolve(undefined);
    });
  });
  pick.show();
  try {
    return await choice;
  } finally {
    pick.dispose();
  }
}

/** Asks for a group's new name. */
export async function askGroupName(before: string): Promise<string | undefined> {
  const name = await vscode.window.showInputBox({
    title: `Rename Group ${before}`,
    prompt: 'The name of another group puts the tracepoints into that one.',
    value: before,
    validateInput: (text) => (text.trim() === '' ? 'A group has a name.' : undefined),
  });
  return name?.trim();
}

/** @param current those of the tracepoints */
export async function askColour(
  current: ReadonlySet<MarkColour | undefined>,
): Promise<Choice<MarkColour> | undefined> {
  const items = MARK_COLOURS.map((colour) => ({
    label: `${MARK_SYMBOLS[colour]} ${colour[0]!.toUpperCase()}${colour.slice(1)}`,
    description: current.has(colour) ? 'as it is' : '',
    iconPath: new vscode.ThemeIcon('circle-large-filled', new vscode.ThemeColor(markColourId(colour))),
    chosen: colour,
  }));
  const none = { label: 'No colour', iconPath: new vscode.ThemeIcon('close'), chosen: undefined };
  return vscode.window.showQuickPick<vscode.QuickPickItem & Choice<MarkColour>>(
    MARK_COLOURS.some((colour) => current.has(colour)) ? [...items, none] : items,
    { title: 'Set Colour' },
  );
}
