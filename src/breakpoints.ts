/** VS Code's breakpoints on a line. */
import * as vscode from 'vscode';

export function isOnSource(breakpoint: vscode.Breakpoint): breakpoint is vscode.SourceBreakpoint {
  return breakpoint instanceof vscode.SourceBreakpoint;
}

/** All breakpoints on lines; the others are on functions. */
export function onSource(): vscode.SourceBreakpoint[] {
  return vscode.debug.breakpoints.filter(isOnSource);
}

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

/** The line (from 1) where the adapter has put a breakpoint. */
async function movedTo(breakpoint: vscode.SourceBreakpoint): Promise<number | undefined> {
  const found = await vscode.debug.activeDebugSession?.getDebugProtocolBreakpoint(breakpoint);
  return (found as { line?: number } | undefined)?.line;
}
