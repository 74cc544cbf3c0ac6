/** Groups of tracepoints, and their colours. */
import * as vscode from 'vscode';
import { isTreeNode, meant, type TargetParts } from './commandTarget';
import type { ExtrasStore } from './extras';
import { askColour, askGroup, askGroupName } from './markForms';
import type { GroupNode, TreeNode } from './tracepointNodes';

export interface GroupParts extends TargetParts {
  readonly extras: ExtrasStore;
}

/** What can be done with any tracepoints, as with all of a group. */
export interface GroupActions {
  toggle(breakpoints: readonly vscode.Breakpoint[]): Promise<void>;
  reset(breakpoints: readonly vscode.Breakpoint[]): Promise<void>;
}

export function groupCommands(parts: GroupParts, actions: GroupActions): vscode.Disposable[] {
  const { extras, tree } = parts;
  const forTracepoints = (
    name: string,
    run: (breakpoints: readonly vscode.Breakpoint[]) => Promise<void>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(
      `sourcetap.${name}`,
      async (argument: unknown, selected?: readonly TreeNode[]) => {
        const breakpoints = await meant(argument, selected, parts);
        if (breakpoints.length > 0) await run(breakpoints);
      },
    );
  const forGroup = (
    name: string,
    run: (breakpoints: readonly vscode.Breakpoint[], name: string) => unknown,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(`sourcetap.${name}`, async (argument: unknown) => {
      const group = await groupMeant(argument, extras);
      if (group) await run(tree.nodes.breakpointsOf(group), group.name);
    });
  return [
    forTracepoints('moveToGroup', async (breakpoints) => {
      const current = new Set(breakpoints.map((one) => extras.of(one).group));
      const choice = await askGroup(extras.groups(), current);
      if (choice) await extras.mark(breakpoints, { group: choice.chosen });
    }),
    forTracepoints('setColour', async (breakpoints) => {
      const choice = await askColour(new Set(breakpoints.map((one) => extras.of(one).colour)));
      if (choice) await extras.mark(breakpoints, { colour: choice.chosen });
    }),
    forGroup('renameGroup', async (breakpoints, before) => {
      const group = await askGroupName(before);
      if (group !== undefined) await extras.mark(breakpoints, { group });
    }),
    forGroup('toggleGroup', (breakpoints) => actions.toggle(breakpoints)),
    forGroup('resetGroup', (breakpoints) => actions.reset(breakpoints)),
    forGroup('dissolveGroup', (breakpoints) => extras.mark(breakpoints, { group: undefined })),
    forGroup('removeGroup', (breakpoints) => {
      vscode.debug.removeBreakpoints(breakpoints);
    }),
  ];
}

/** The list's node; from elsewhere, the one that is chosen. */
async function groupMeant(argument: unknown, extras: ExtrasStore): Promise<GroupNode | undefined> {
  if (isTreeNode(argument)) return argument.kind === 'group' ? argument : undefined;
  const groups = extras.groups();
  if (groups.length === 0) {
    void vscode.window.showInformationMessage('No tracepoint is in a group.');
    return undefined;
  }
  const name = await vscode.window.showQuickPick(groups, { placeHolder: 'The group' });
  return name === undefined ? undefined : { kind: 'group', name };
}
