/** The Hits panel: a webview that asks the debug adapters for what it shows. */
import * as vscode from 'vscode';
import { randomBytes } from 'node:crypto';
import { unlinkedText } from '../adapter/inertText';
import {
  EXPORT_HITS_REQUEST,
  HIT_REQUEST,
  HIT_STATISTICS_REQUEST,
  HITS_REQUEST,
  VALUES_AT_REQUEST,
  type ExportHitsBody,
  type HitsChangedBody,
  type UpdateBody,
  type ValuesAtBody,
} from '../adapter/protocol';
import type { AdapterFactory } from './adapterFactory';
import { placeKey, seriesLabel } from './model/hitCharts';
import { hitsInWords } from './model/hitCount';
import type { FromPanel, HitsSession, ToPanel } from './model/hitsMessages';
import { hitsPage } from './model/hitsPage';
import type { Moment } from './model/lineBoard';
import type { SourceEdits } from './sourceEdits';

const VIEW = 'sourcetap.hits';
/** What the page may ask an adapter for. */
const REQUESTS: ReadonlySet<string> = new Set([HITS_REQUEST, HIT_REQUEST, HIT_STATISTICS_REQUEST]);

interface Session {
  readonly id: string;
  readonly run: number;
  readonly name: string;
  ended: boolean;
  /** By tracepoint. */
  readonly places: Map<number, Shown>;
}

type Shown = Pick<HitsSession['tracepoints'][number], 'place' | 'label'>;

export class HitsPanel implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #chosen = new vscode.EventEmitter<Moment | undefined>();
  /** All values are to be those of this moment; of now again where undefined. */
  readonly onDidChooseHit = this.#chosen.event;
  readonly #sessions = new Map<string, Session>();
  readonly #registration: vscode.Disposable;
  #view: vscode.WebviewView | undefined;
  #runs = 0;
  /** Counts choices: what an earlier one finds comes too late. */
  #choices = 0;

  constructor(
    private readonly extensionUri: vscode.Uri,
    private readonly adapters: AdapterFactory,
    private readonly edits: SourceEdits,
  ) {
    this.#registration = vscode.window.registerWebviewViewProvider(VIEW, this);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const { webview } = view;
    const dist = vscode.Uri.joinPath(this.extensionUri, 'dist');
    const uri = (name: string): string => String(webview.asWebviewUri(vscode.Uri.joinPath(dist, name)));
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.onDidReceiveMessage((message: FromPanel) => {
      void this.#receive(message);
    });
    view.onDidDispose(() => (this.#view = undefined));
    webview.html = hitsPage({
      script: uri('hits.js'),
      style: uri('hits.css'),
      cspSource: webview.cspSource,
      nonce: randomBytes(16).toString('base64'),
    });
  }

  /** A new run: what ended ones left behind goes. */
  started({ id, name }: vscode.DebugSession): void {
    this.adapters.forgetEnded();
    for (const session of this.#sessions.values()) if (session.ended) this.#sessions.delete(session.id);
    this.#sessions.set(id, { id, run: ++this.#runs, name, ended: false, places: new Map() });
    this.#live();
    this.#tellSessions();
  }

  ended({ id }: vscode.DebugSession): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    session.ended = true;
    this.#tellSessions();
  }

  /** Forgets the hits of sessions that have ended. */
  clear(): void {
    this.adapters.forgetEnded();
    for (const session of this.#sessions.values()) if (session.ended) this.#sessions.delete(session.id);
    this.#live();
    this.#tellSessions();
  }

  changed({ id }: vscode.DebugSession, body: HitsChangedBody): void {
    this.#tell({ type: 'changed', session: id, body });
  }

  updated({ id }: vscode.DebugSession, { tracepoints }: UpdateBody): void {
    const session = this.#sessions.get(id);
    if (!session) return;
    let isNews = false;
    for (const view of tracepoints) {
      const { id: tracepoint, path, line } = this.edits.of(id).placed(view);
      const one = {
        tracepoint,
        ...(path !== undefined && { path }),
        ...(line !== undefined && { line }),
      };
      const place = placeKey(one);
      if (session.places.get(tracepoint)?.place === place) continue;
      session.places.set(tracepoint, { place, label: seriesLabel(one) });
      isNews = true;
    }
    if (isNews) this.#tellSessions();
  }

  dispose(): void {
    this.#registration.dispose();
    this.#chosen.dispose();
  }

  #tell(message: ToPanel): void {
    void this.#view?.webview.postMessage(message);
  }

  #tellSessions(): void {
    const sessions = [...this.#sessions.values()].map(({ id, run, name, ended, places }) => ({
      id,
      run,
      name,
      ended,
      tracepoints: byPlace(places),
    }));
    this.#tell({ type: 'sessions', sessions });
  }

  async #receive(message: FromPanel): Promise<void> {
    switch (message.type) {
      case 'ready':
        // A page that is made anew, as when it was hidden, has no chosen hit.
        this.#live();
        this.#tellSessions();
        break;
      case 'request':
        return this.#answer(message);
      case 'choose':
        return this.#choose(message.session, message.hit);
      case 'live':
        this.#live();
        break;
      case 'export':
        return this.#export(message);
    }
  }

  async #answer({ id, session, command, args }: Extract<FromPanel, { type: 'request' }>): Promise<void> {
    try {
      if (!REQUESTS.has(command)) throw new Error(`The panel does not ask for ${command}.`);
      this.#tell({ type: 'response', id, body: await this.#ask(session, command, args) });
    } catch (error) {
      this.#tell({ type: 'failure', id, message: (error as Error).message });
    }
  }

  async #ask(session: string, command: string, args: object): Promise<unknown> {
    const adapter = this.adapters.find(session);
    if (!adapter) throw new Error('The hits of this session are not remembered any more.');
    return adapter.request(command, args);
  }

  async #choose(session: string, hit: number): Promise<void> {
    const choice = ++this.#choices;
    try {
      const { hits } = (await this.#ask(session, VALUES_AT_REQUEST, { id: hit })) as ValuesAtBody;
      const chosen = hits.find(({ id }) => id === hit);
      if (choice !== this.#choices || !chosen) return;
      this.#chosen.fire({ session, chosen, hits });
      await show(chosen.path, chosen.line);
    } catch (error) {
      void vscode.window.showWarningMessage(unlinkedText((error as Error).message));
    }
  }

  #live(): void {
    this.#choices++;
    this.#chosen.fire(undefined);
  }

  async #export({ session, format, query }: Extract<FromPanel, { type: 'export' }>): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const target = await vscode.window.showSaveDialog({
      title: 'Export Hits',
      filters: format === 'csv' ? { CSV: ['csv'] } : { NDJSON: ['ndjson'] },
      ...(folder && { defaultUri: vscode.Uri.joinPath(folder, `hits.${format}`) }),
    });
    if (!target) return;
    try {
      const args = { path: target.fsPath, format, query };
      const { written, missed } = (await this.#ask(session, EXPORT_HITS_REQUEST, args)) as ExportHitsBody;
      const text = `${hitsInWords(written)} in ${target.fsPath}${missed > 0 ? `; ${hitsInWords(missed)} were dropped meanwhile` : ''}.`;
      this.#tell({ type: 'said', text });
      void vscode.window.showInformationMessage(unlinkedText(text));
    } catch (error) {
      void vscode.window.showErrorMessage(unlinkedText((error as Error).message));
    }
  }
}

function byPlace(shown: ReadonlyMap<number, Shown>): HitsSession['tracepoints'] {
  const places = new Map<string, HitsSession['tracepoints'][number]>();
  for (const [id, one] of shown) {
    const { ids } = places.get(one.place) ?? { ids: [] };
    places.set(one.place, { ...one, ids: [...ids, id] });
  }
  return [...places.values()];
}

/** The line of a hit, while the keys stay in the panel. */
async function show(path: string | undefined, line: number | undefined): Promise<void> {
  if (path === undefined || line === undefined) return;
  const position = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(path), {
    preserveFocus: true,
    preview: true,
    selection: new vscode.Range(position, position),
  });
}
