/** What the hits panel asks for: windows of the history, single hits, statistics, files. */
import { isAbsolute } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { HitSource } from '../engine/hit';
import type { History } from '../engine/history';
import { type HitId } from '../engine/history';
import { HitColumn, HitSelection, type Deadline } from '../engine/hitSelection';
import type { TracepointId } from '../engine/tracepointState';
import { parseExpression } from '../expression/message';
import {
  EXPORT_HITS_REQUEST,
  HIT_REQUEST,
  HIT_STATISTICS_REQUEST,
  HITS_CHANGED_EVENT,
  HITS_REQUEST,
  VALUES_AT_REQUEST,
  type ExportHitsArguments,
  type ExportHitsBody,
  type HitArguments,
  type HitBody,
  type HitQuery,
  type HitsArguments,
  type HitsBody,
  type HitsChangedBody,
  type HitStatisticsArguments,
  type HitStatisticsBody,
  type HitView,
  type ValuesAtBody,
} from '../protocol';
import { compileNumber } from '../value/shownExpression';
import { CLOCK_START } from './clock';
import type { CountHistory } from './countHistory';
import { ExportFile } from './exportFile';
import { hitFormat } from './hitExport';
import { histogram, numericColumns, timeline } from './hitStatistics';
import { hitTest } from './hitTest';
import { hitView, type PathOf } from './hitView';
import { RequestError } from './requestError';

export class HitRequests {
  /** Those that were asked for last, the latest at the end. */
  private readonly selections = new Map<string, HitSelection>();
  private readonly columns = new Map<string, HitColumn>();
  private asked = false;
  private told = '';

  constructor(
    private readonly history: History,
    private readonly counts: CountHistory,
    private readonly pathOf: PathOf,
  ) {}

  /** Are there hits to be asked for? */
  get areKept(): boolean {
    return this.history.first < this.history.total;
  }

  /** The event that is due; undefined where nobody has asked for hits, or nothing has changed. */
  news(rates: HitsChangedBody['rates']): { event: string; body: HitsChangedBody } | undefined {
    const body = { ...this.size(), rates };
    const text = JSON.stringify([body, this.counts.total]);
    if (!this.asked || this.told === text) return undefined;
    this.told = text;
    return { event: HITS_CHANGED_EVENT, body };
  }

  async hits({ query = {}, start, count }: HitsArguments): Promise<HitsBody> {
    if (!isCount(count) || (start !== undefined && !isCount(start)))
      throw new RequestError('"start" and "count" are whole numbers.');
    this.asked = true;
    const selection = this.selection(query);
    await untilDone(selection);
    const { first, end } = selection;
    const wanted = Math.min(count, MAX_ROWS);
    const from = Math.min(end, Math.max(first, start ?? end - wanted));
    const hits: HitView[] = [];
    for (let place = from; place < Math.min(end, from + wanted); place++)
      hits.push(this.view(selection.at(place), false));
    return {
      hits,
      start: from,
      first,
      matching: end - first,
      pending: selection.pending,
      ...this.size(),
      clockStart: CLOCK_START,
      ...(end === first && this.areKept && { names: this.names(this.history.total - NAMED_HITS) }),
    };
  }

  hit({ id }: HitArguments): HitBody {
    return { hit: this.view(this.known(id), true) };
  }

  valuesAt({ id }: HitArguments): ValuesAtBody {
    const { history } = this;
    const tid = history.tidOf(this.known(id));
    const found = new Map<TracepointId, HitId>();
    for (let at = id; at >= history.first; at--) {
      if (history.tidOf(at) !== tid) continue;
      const { tracepoint } = history.sourceOf(at);
      if (!found.has(tracepoint)) found.set(tracepoint, at);
    }
    return { hits: [...found.values()].map((at) => this.view(at, true)) };
  }

  async statistics({ query = {}, column, end }: HitStatisticsArguments): Promise<HitStatisticsBody> {
    const selection = this.selection(query);
    await untilDone(selection);
    const numbers =
      column === undefined || column.trim() === '' ? undefined : this.column(selection, query, column);
    if (numbers) await untilDone(numbers);
    const bins = numbers && histogram([...numbers.before(end)]);
    const { tracepoints, ...others } = query;
    const isMatching = hitTest(others) !== undefined;
    return {
      timeline: {
        ...timeline(selection, this.pathOf, isMatching ? new Map() : this.counts.of(tracepoints)),
        ...(isMatching && { isMatching }),
      },
      columns: numericColumns(selection),
      ...(bins && { histogram: bins }),
      pending: selection.pending + (numbers?.pending ?? 0),
    };
  }

  async export({ path, format, query = {} }: ExportHitsArguments): Promise<ExportHitsBody> {
    if (typeof path !== 'string' || !isAbsolute(path)) throw new RequestError('"path" is no absolute path.');
    if (!FORMATS.has(format)) throw new RequestError('"format" is "ndjson" or "csv".');
    const { history } = this;
    const [begin, end] = [history.first, history.total];
    const test = hitTest(query);
    const lines = hitFormat(format, this.names(begin));
    const file = new ExportFile(path);
    let [written, missed, text] = [0, 0, lines.header === undefined ? '' : `${lines.header}\n`];
    for (let id = begin; id < end; id++) {
      if (id < history.first) {
        missed += Math.min(end, history.first) - id;
        id = history.first;
        if (id >= end) break;
      }
      const hit = history.at(id);
      if (test && !test(hit)) continue;
      text += `${lines.line(hit)}\n`;
      written++;
      if (text.length < EXPORT_CHUNK) continue;
      await file.write(text);
      await turn();
      text = '';
    }
    await file.write(text);
    await file.close();
    return { written, missed };
  }

  /** Of all values of the hits from one on, in the order in which they came. */
  private names(begin: HitId): string[] {
    const sources = new Set<HitSource>();
    for (let id = Math.max(begin, this.history.first); id < this.history.total; id++)
      sources.add(this.history.sourceOf(id));
    return [...new Set([...sources].flatMap(({ reader }) => reader.names))];
  }

  private size(): { total: number; dropped: number } {
    return { total: this.history.total, dropped: this.history.first };
  }

  private view(id: HitId, whole: boolean): HitView {
    return hitView(id, this.history.at(id), this.pathOf, whole);
  }

  private known(id: HitId): HitId {
    if (!isCount(id) || id >= this.history.total) throw new RequestError(`There is no hit ${id}.`);
    if (id < this.history.first)
      throw new RequestError(
        `Hit ${id} is not remembered any more: ${this.history.first} older ones are dropped.`,
      );
    return id;
  }

  private selection(query: HitQuery): HitSelection {
    return latest(this.selections, keyOf(query), () => new HitSelection(this.history, hitTest(query)));
  }

  private column(selection: HitSelection, query: HitQuery, column: string): HitColumn {
    const make = (): HitColumn => {
      const read = compileNumber(parseExpression(column));
      return new HitColumn(selection, (hit) => read(hit.values()));
    };
    const key = `${column}\0${keyOf(query)}`;
    if (this.columns.get(key)?.selection !== selection) this.columns.delete(key);
    return latest(this.columns, key, make);
  }
}

/** The verbs of DAP that `requests` answers. */
export const hitVerbs = (requests: () => HitRequests) => ({
  [HITS_REQUEST]: (args: HitsArguments) => requests().hits(args),
  [HIT_REQUEST]: (args: HitArguments) => requests().hit(args),
  [VALUES_AT_REQUEST]: (args: HitArguments) => requests().valuesAt(args),
  [HIT_STATISTICS_REQUEST]: (args: HitStatisticsArguments) => requests().statistics(args),
  [EXPORT_HITS_REQUEST]: (args: ExportHitsArguments) => requests().export(args),
});

const keyOf = ({ tracepoints, thread, text, expression }: HitQuery): string =>
  JSON.stringify([tracepoints && [...tracepoints].sort((a, b) => a - b), thread, text, expression]);

function latest<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make();
  known.delete(key);
  known.set(key, found);
  for (const old of known.keys()) {
    if (known.size <= MAX_KEPT) break;
    known.delete(old);
  }
  return found;
}

/** In slices, so that records are taken out of the ring meanwhile; what then is left is `pending`. */
async function untilDone(work: { readonly pending: number; advance(isOver: Deadline): void }): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const slice = performance.now() + SLICE_MS;
    work.advance(() => performance.now() >= slice);
    if (work.pending === 0 || performance.now() >= end) return;
    await turn();
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

const FORMATS: ReadonlySet<unknown> = new Set(['ndjson', 'csv']);
const MAX_ROWS = 1000;
/** Hits whose values are named where none matches. */
const NAMED_HITS = 1000;
/** Selections, and columns. */
const MAX_KEPT = 4;
const SLICE_MS = 8;
/** How long an answer may be in coming. */
const PATIENCE_MS = 200;
/** Characters. */
const EXPORT_CHUNK = 1 << 16;
