/** VS Code's breakpoints on a line. */
import * as vscode from 'vscode';
import { OtherDebuggers, type Manifest } from './model/otherDebuggers';

export function isOnSource(breakpoint: vscode.Breakpoint): breakpoint is vscode.SourceBreakpoint {
  return breakpoint instanceof vscode.SourceBreakpoint;
}

/** All breakpoints but those in files of other debuggers. */
export function tracepoints(): vscode.Breakpoint[] {
  return vscode.debug.breakpoints.filter((one) => !isOnSource(one) || !isOfOthers(one.location.uri));
}

/** Those on lines; the others are on functions. */
export function onSource(): vscode.SourceBreakpoint[] {
  return tracepoints().filter(isOnSource);
}

/** Those in a file that are disabled. The adapters do not know of them. */
export const disabledIn = (file: vscode.Uri): vscode.SourceBreakpoint[] =>
  onSource().filter(({ enabled, location: { uri } }) => !enabled && String(uri) === String(file));

/** Is it a file of another debugger? */
export function isOfOthers({ fsPath }: vscode.Uri): boolean {
  others ??= new OtherDebuggers(
    vscode.extensions.getExtension<unknown>('sourcetap.sourcetap')!.packageJSON as Manifest,
    vscode.extensions.all.map(({ packageJSON }) => packageJSON as Manifest),
  );
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.fsPath === fsPath);
  return others.have(fsPath, open?.languageId);
}

let others: OtherDebuggers | undefined;
vscode.extensions.onDidChange(() => (others = undefined));

/** A breakpoint as it is by now: what is changed in it makes another one of it, at its place. Undefined when it was removed. */
export function current(breakpoint: vscode.Breakpoint): vscode.Breakpoint | undefined {
  const breakpoints = tracepoints();
  if (breakpoints.includes(breakpoint)) return breakpoint;
  const place = placeOf(breakpoint);
  return breakpoints.find((one) => placeOf(one) === place);
}

/** The same for what is changed in it, and no other's unless there are several at one place. */
export function placeOf(breakpoint: vscode.Breakpoint): string {
  if (breakpoint instanceof vscode.FunctionBreakpoint) return `function ${breakpoint.functionName}`;
  if (!isOnSource(breakpoint)) return breakpoint.id;
  const { uri, range } = breakpoint.location;
  return `${String(uri)} ${range.start.line}:${range.start.character}`;
}
