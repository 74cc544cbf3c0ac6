/** Answers what the extension asks people: the API has no way to click. */
import * as vscode from 'vscode';

type Window = Pick<typeof vscode.window, 'showInputBox' | 'showErrorMessage' | 'showInformationMessage'>;

const window = vscode.window as Window;
const asIs: Window = { ...vscode.window };

/** What was said to people since the last call of `restore`. */
export const said: string[] = [];

const note = (text: string): Promise<undefined> => {
  said.push(text);
  return Promise.resolve(undefined);
};

/** Messages are closed at once, and noted. Input boxes are answered; undefined is Escape. */
export function answer(input?: string): void {
  window.showErrorMessage = note;
  window.showInformationMessage = note;
  window.showInputBox = () => Promise.resolve(input);
}

export function restore(): void {
  said.length = 0;
  Object.assign(window, {
    showInputBox: asIs.showInputBox,
    showErrorMessage: asIs.showErrorMessage,
    showInformationMessage: asIs.showInformationMessage,
  });
}
