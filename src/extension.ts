/** Wires the editor to the debug adapter: DAP for tracepoints, `sourcetap/update` events for what is painted. */
import * as vscode from 'vscode';
import { HITS_CHANGED_EVENT, UPDATE_EVENT, type HitsChangedBody, type UpdateBody } from '../adapter/protocol';
import { AdapterFactory } from './adapterFactory';
import { isOfOthers } from './breakpoints';
import { registerCommands } from './commands';
import { ConfigurationProvider } from './configuration';
import { ExtrasStore } from './extras';
import { Inquiries } from './inquiries';
import { Inspector } from './inspector';
import { KnownPrograms } from './knownPrograms';
import { LineCounts } from './lineCounts';
import { HitsPanel } from './hitsPanel';
import { LineHover } from './lineHover';
import { LineBoard } from './model/lineBoard';
import { Painter } from './painter';
import { Pace } from './model/pace';
import { ProbeableLines } from './probeableLines';
import { SESSION_TYPE, Sessions } from './sessions';
import { SourceEdits } from './sourceEdits';
import { StatusBar } from './statusBar';
import { TracepointChanges } from './tracepointChanges';
import { TracepointIds } from './tracepointIds';
import { TracepointTree } from './tracepointTree';
import { showTree } from './tracepointView';

/** What other extensions, and tests, can listen to. */
export type Exports = Pick<AdapterFactory, 'onDidTell'>;

export function activate(context: vscode.ExtensionContext): Exports {
  const edits = new SourceEdits();
  const board = new LineBoard((session) => edits.of(session));
  const sessions = new Sessions();
  const programs = new KnownPrograms(context.workspaceState);
  const inspector = new Inspector(context.extensionPath, programs);
  const inquiries = new Inquiries(sessions, inspector);
  const probeable = new ProbeableLines(board, sessions, inquiries);
  const extras = new ExtrasStore(context.workspaceState, sessions);
  const changes = new TracepointChanges(extras);
  const ids = new TracepointIds(sessions);
  const painter = new Painter({ board, sessions, ids, extras });
  const tree = new TracepointTree({ board, ids, extras });
  const status = new StatusBar(board, sessions);
  const overview = new Pace(OVERVIEW_INTERVAL, () => {
    status.paint();
    if (tree.refresh()) overview.request();
  });
  const changed = (): void => {
    painter.request();
    overview.request();
  };
  const adapters = new AdapterFactory(context.extensionPath, () => extras.presets(), edits);
  const counts = new LineCounts(sessions, adapters, edits);
  const hits = new HitsPanel(context.extensionUri, adapters, edits);
  const ours = (session: vscode.DebugSession): boolean => session.type === SESSION_TYPE;
  context.subscriptions.push(
    painter,
    inspector,
    probeable,
    extras,
    ids,
    status,
    overview,
    counts,
    adapters,
    hits,
    hits.onDidChooseHit((moment) => {
      board.choose(moment);
      painter.request();
    }),
    ...registerCommands({ board, painter, sessions, inquiries, extras, changes, ids, tree, counts, hits }),
    ...showTree(tree, { extras, changes }),
    vscode.languages.registerHoverProvider({ scheme: 'file' }, new LineHover({ board, sessions, tree })),
    vscode.debug.registerDebugConfigurationProvider(SESSION_TYPE, new ConfigurationProvider()),
    vscode.debug.registerDebugAdapterDescriptorFactory(SESSION_TYPE, adapters),
    ids.onDidChange(() => {
      changed();
      probeable.request();
    }),
    sessions.onDidChange(changed),
    extras.onDidMark(() => {
      overview.request();
    }),
    vscode.debug.onDidStartDebugSession((session) => {
      if (!ours(session)) return;
      board.started();
      hits.started(session);
      void counts.started(session);
      void programs.remember(session.configuration);
      inspector.end();
    }),
    adapters.onDidTell(({ session, event, body }) => {
      if (event === HITS_CHANGED_EVENT) hits.changed(session, body as HitsChangedBody);
      if (event !== UPDATE_EVENT) return;
      const update = ofOurs(body as UpdateBody);
      board.update(session.id, update);
      hits.updated(session, update);
      if (update.tracepoints.some(({ id }) => !ids.breakpoint(session.id, id))) ids.look();
      changed();
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      if (!ours(session)) return;
      board.ended(session.id, keepsCounts());
      hits.ended(session);
    }),
    edits.onDidEdit((document) => {
      painter.request();
      if (document !== vscode.window.activeTextEditor?.document) return;
      for (const painting of [painter, counts, overview]) painting.hold();
    }),
    edits,
    sessions,
  );
  return { onDidTell: adapters.onDidTell };
}

/** VS Code tells every session all breakpoints. */
const ofOurs = ({ tracepoints, ...rest }: UpdateBody): UpdateBody => ({
  ...rest,
  tracepoints: tracepoints.filter(({ path }) => path === undefined || !isOfOthers(vscode.Uri.file(path))),
});

const keepsCounts = (): boolean =>
  vscode.workspace.getConfiguration('sourcetap').get('keepCountsOnRestart', false);

/** Milliseconds: what is not at the line is looked at less often. */
const OVERVIEW_INTERVAL = 1000;
