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

/** The breakpoint that was set on a line or, while a session runs, that the adapter has moved there. */
export async function breakpointAt({
  uri,
  range,
}: vscode.Location): Promise<vscode.SourceBreakpoint | undefined> {
  const { line } = range.start;
  const inFile = onSource().filter(({ location }) => String(location.uri) === String(uri));
  const set = inFile.find(({ location }) => location.range.start.line === line);
  if (set) return set;
  for (const breakpoint of inFile) if ((await movedTo(breakpoint)) === line + 1) return breakpoint;
  return undefined;
}

/** The line (from 1) where the adapter has put a breakpoint. Until an edited file is saved the answer is of lines before; the breakpoint moves by itself. */
async function movedTo(breakpoint: vscode.SourceBreakpoint): Promise<number | undefined> {
  const { uri } = breakpoint.location;
  if (vscode.workspace.textDocuments.some((one) => one.isDirty && String(one.uri) === String(uri)))
    return undefined;
  const found = await vscode.debug.activeDebugSession?.getDebugProtocolBreakpoint(breakpoint);
  return (found as { line?: number } | undefined)?.line;
}
