/** Changes of tracepoints as they are stored: VS Code's breakpoints, and what those do not hold. */
import * as vscode from 'vscode';
import { current, isOnSource } from './breakpoints';
import type { ExtrasStore } from './extras';
import type { Draft } from './model/draft';

/** A breakpoint that takes another's place: the API has no way to change one. */
interface Change {
  readonly before: vscode.Breakpoint | undefined;
  readonly after: vscode.Breakpoint;
  readonly extras: Draft['extras'];
}

/** One after the other: until the adapters know of a change there is what was before it, and the next one is made of what it leaves. */
export class TracepointChanges {
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly store: ExtrasStore) {}

  /** Sets or replaces a tracepoint. */
  set(
    before: vscode.SourceBreakpoint | undefined,
    location: vscode.Location,
    { logMessage, condition, hitCondition, extras }: Draft,
  ): Promise<void> {
    return this.#inTurn(() => {
      const now = before && current(before);
      const after = new vscode.SourceBreakpoint(
        now && isOnSource(now) ? now.location : location,
        now?.enabled ?? true,
        given(condition),
        given(hitCondition),
        given(logMessage),
      );
      return [{ before: now, after, extras }];
    });
  }

  /**
   * A disabled one keeps what it is, and has no probes.
   * @param wanted without it all are enabled where one of them is not, and disabled otherwise
   */
  enable(breakpoints: readonly vscode.Breakpoint[], wanted?: boolean): Promise<void> {
    return this.#inTurn(() => {
      const now = breakpoints.map(current).filter((one) => one !== undefined);
      const enabled = wanted ?? !now.every((one) => one.enabled);
      return now
        .filter((one) => one.enabled !== enabled)
        .flatMap((before) => {
          const after = copyOf(before, enabled);
          return after ? [{ before, after, extras: this.store.of(before) }] : [];
        });
    });
  }

  #inTurn(changes: () => readonly Change[]): Promise<void> {
    const done = this.#last.then(() => this.#make(changes()));
    this.#last = done.catch(() => undefined);
    return done;
  }

  async #make(changes: readonly Change[]): Promise<void> {
    await Promise.all(changes.map(({ before, after, extras }) => this.store.replace(before, after, extras)));
    // Those that were removed meanwhile do not come again.
    const isThere = ({ before }: Change): boolean => !before || vscode.debug.breakpoints.includes(before);
    const [made, late] = [changes.filter(isThere), changes.filter((one) => !isThere(one))];
    vscode.debug.removeBreakpoints(made.flatMap(({ before }) => before ?? []));
    vscode.debug.addBreakpoints(made.map(({ after }) => after));
    await Promise.all(late.map(({ after }) => this.store.forget(after)));
  }
}

function copyOf(breakpoint: vscode.Breakpoint, enabled: boolean): vscode.Breakpoint | undefined {
  const { condition, hitCondition, logMessage } = breakpoint;
  if (isOnSource(breakpoint))
    return new vscode.SourceBreakpoint(breakpoint.location, enabled, condition, hitCondition, logMessage);
  if (breakpoint instanceof vscode.FunctionBreakpoint)
    return new vscode.FunctionBreakpoint(
      breakpoint.functionName,
      enabled,
      condition,
      hitCondition,
      logMessage,
    );
  return undefined;
}

const given = (text: string): string | undefined => (text.trim() === '' ? undefined : text);

/** The same as it is now. */
export const draftOf = (breakpoint: vscode.Breakpoint, store: ExtrasStore): Draft => ({
  logMessage: breakpoint.logMessage ?? '',
  condition: breakpoint.condition ?? '',
  hitCondition: breakpoint.hitCondition ?? '',
  extras: store.of(breakpoint),
});
