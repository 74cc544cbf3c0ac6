/** Answers what the extension asks people: the API has no way to click. */
import * as vscode from 'vscode';

type Window = Pick<
  typeof vscode.window,
  'showInputBox' | 'showErrorMessage' | 'showInformationMessage' | 'createQuickPick' | 'showQuickPick'
>;

const window = vscode.window as Window;
const asIs: Window = { ...vscode.window };

/** What was said to people since the last call of `restore`. */
export const said: string[] = [];

const note = (text: string): Promise<undefined> => {
  said.push(text);
  return Promise.resolve(undefined);
};

/** A field that one types a text into, and presses Enter; undefined is Escape. */
function typedInto(pick: vscode.QuickPick<vscode.QuickPickItem>, input: string | undefined): void {
  const type = new vscode.EventEmitter<string>();
  const accept = new vscode.EventEmitter<void>();
  const hide = new vscode.EventEmitter<void>();
  Object.defineProperties(pick, {
    onDidChangeValue: { value: type.event },
    onDidAccept: { value: accept.event },
    onDidHide: { value: hide.event },
    show: {
      value: () =>
        setTimeout(() => {
          if (input === undefined) return hide.fire();
          pick.value = input;
          type.fire(input);
          accept.fire();
        }),
    },
  });
}

/** Messages are closed at once, and noted. Input boxes are answered; undefined is Escape. */
export function answer(input?: string): void {
  window.showErrorMessage = note;
  window.showInformationMessage = note;
  window.showInputBox = () => Promise.resolve(input);
  window.createQuickPick = <T extends vscode.QuickPickItem>() => {
    const pick = asIs.createQuickPick<T>();
    typedInto(pick, input);
    return pick;
  };
}

/** The next list that opens: it is on screen, and can be typed into and closed as people do. */
export function opened<T extends vscode.QuickPickItem>(): Promise<vscode.QuickPick<T>> {
  return new Promise((resolve) => {
    window.createQuickPick = <U extends vscode.QuickPickItem>() => {
      const pick = asIs.createQuickPick<U>();
      pick.ignoreFocusOut = true; // what tests before have opened may come late
      resolve(pick as unknown as vscode.QuickPick<T>);
      return pick;
    };
  });
}

/** What the next list offers, of which one is chosen. */
export function offered(choose: (item: vscode.QuickPickItem) => boolean): Promise<vscode.QuickPickItem[]> {
  return new Promise((resolve) => {
    window.showQuickPick = (async (items: Thenable<vscode.QuickPickItem[]>) => {
      const all = await items;
      resolve(all);
      return all.find(choose);
    }) as unknown as Window['showQuickPick'];
  });
}

export function restore(): void {
  said.length = 0;
  Object.assign(window, {
    showInputBox: asIs.showInputBox,
    showErrorMessage: asIs.showErrorMessage,
    showInformationMessage: asIs.showInformationMessage,
    createQuickPick: asIs.createQuickPick,
    showQuickPick: asIs.showQuickPick,
  });
}
