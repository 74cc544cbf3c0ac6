/** Tracepoints as they are stored: VS Code's breakpoints, and what those do not hold. */
import * as vscode from 'vscode';
import { isOnSource } from './breakpoints';
import type { ExtrasStore } from './extras';
import type { Draft } from './model/draft';

/** Sets or replaces a tracepoint: the API has no way to change one in place. */
export async function setTracepoint(
  before: vscode.SourceBreakpoint | undefined,
  location: vscode.Location,
  { logMessage, condition, hitCondition, extras }: Draft,
  store: ExtrasStore,
  enabled = before?.enabled ?? true,
): Promise<void> {
  const after = new vscode.SourceBreakpoint(
    before?.location ?? location,
    enabled,
    given(condition),
    given(hitCondition),
    given(logMessage),
  );
  await store.replace(before, after, extras);
  if (before) vscode.debug.removeBreakpoints([before]);
  vscode.debug.addBreakpoints([after]);
}

/** A disabled one keeps what it is, and has no probes. */
export async function enable(
  breakpoint: vscode.Breakpoint,
  enabled: boolean,
  store: ExtrasStore,
): Promise<void> {
  if (breakpoint.enabled === enabled) return;
  if (isOnSource(breakpoint)) {
    await setTracepoint(breakpoint, breakpoint.location, draftOf(breakpoint, store), store, enabled);
  } else if (breakpoint instanceof vscode.FunctionBreakpoint) {
    const { functionName, condition, hitCondition, logMessage } = breakpoint;
    const after = new vscode.FunctionBreakpoint(functionName, enabled, condition, hitCondition, logMessage);
    await store.replace(breakpoint, after, store.of(breakpoint));
    vscode.debug.removeBreakpoints([breakpoint]);
    vscode.debug.addBreakpoints([after]);
  }
}

const given = (text: string): string | undefined => (text.trim() === '' ? undefined : text);

/** The same as it is now. */
export const draftOf = (breakpoint: vscode.Breakpoint, store: ExtrasStore): Draft => ({
  logMessage: breakpoint.logMessage ?? '',
  condition: breakpoint.condition ?? '',
  hitCondition: breakpoint.hitCondition ?? '',
  extras: store.of(breakpoint),
});
