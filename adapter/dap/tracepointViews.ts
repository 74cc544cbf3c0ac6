/** What the client is told of tracepoints: as breakpoints, in updates, in the console. */
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { CostMeter } from '../engine/costMeter';
import type { Hit } from '../engine/hit';
import type { Session, TracepointReport } from '../engine/session';
import { whereText } from '../engine/where';
import { unlinkedText, visibleText } from '../inertText';
import { errorMessage, grouped, NOT_IN_LATER_MODULES, planningNotes } from '../messages';
import { stateAtEnd, type HitOrigin, type Limits, type TracepointState } from '../protocol';
import { definitionOf, type BookEntry, type BreakpointBook } from './breakpointBook';
import { sinceEpoch } from './clock';
import type { TracedLine } from './console/command';
import { costView } from './costView';
import type { CountBase } from './countBase';
import type { LastHits } from './lastHits';
import { isAdded } from './positions';
import { siteViews } from './siteViews';
import { SourceAge } from './sourceAge';
import type { Snapshot, UpdateBatch } from './updateBatch';
import { shownName } from './valueView';

export interface TracepointViewsParts {
  readonly session: Session;
  readonly costs: CostMeter;
  readonly book: BreakpointBook;
  readonly base: CountBase;
  readonly lastHits: LastHits;
  /** Of tracepoints that have none of their own. */
  readonly limits: Limits;
  readonly hasEnded: () => boolean;
}

export class TracepointViews {
  private readonly age = new SourceAge();

  constructor(private readonly parts: TracepointViewsParts) {}

  /** As DAP has it, where it is in the client's source. */
  breakpoint(entry: BookEntry): DebugProtocol.Breakpoint {
    const { id } = entry;
    const status = this.statusOf(entry);
    const place = clientPlace(entry, this.place(entry));
    return {
      id,
      verified: status.state === 'armed' || status.state === 'spent',
      ...(place.line !== undefined && { line: place.line }),
      ...(place.column !== undefined && { column: place.column }),
      ...(place.path !== undefined && {
        source: { name: visibleText(basename(place.path)), path: place.path },
      }),
      ...(status.message !== undefined && { message: unlinkedText(status.message) }),
      ...(status.state === 'pending' || status.state === 'failed' ? { reason: status.state } : {}),
    };
  }

  private statusOf(entry: BookEntry): { state: TracepointState; message: string | undefined } {
    if (entry.wanted.refusal !== undefined) return { state: 'failed', message: entry.wanted.refusal };
    const report = this.parts.session.report(entry.id);
    if (!report) return { state: 'failed', message: undefined };
    if (report.error !== undefined)
      return {
        state: report.state === 'failed' ? 'failed' : 'pending',
        message: errorMessage(report.error),
      };
    if (report.state === 'spent')
      return {
        state: 'spent',
        message: `its ${grouped(report.counts.delivered)} hits are here, and its probes are out: edit it to go on`,
      };
    const interrupted = report.interrupted ? [NOT_IN_LATER_MODULES] : [];
    const notes = [...planningNotes(report.plannings), ...interrupted].join('; ');
    return {
      state: report.state === 'armed' ? 'armed' : 'pending',
      message: notes === '' ? undefined : notes,
    };
  }

  /** The path as the client names it, and where the tracepoint is in the program's source; the column where one was asked for. */
  place({ id, wanted: { where } }: BookEntry): Place {
    const site = this.parts.session.report(id)?.sites[0]?.site;
    if (where.kind === 'line')
      return {
        path: where.file,
        line: site?.resolvedLine ?? where.line,
        ...(where.column !== undefined && site?.column === where.column && { column: where.column }),
      };
    return {
      ...(site?.file !== undefined && { path: site.file }),
      ...(site?.resolvedLine !== undefined && { line: site.resolvedLine }),
    };
  }

  private isSourceNewer(path: string | undefined, report: TracepointReport | undefined): boolean {
    const module = report?.sites[0]?.site.module;
    return (
      path !== undefined && module !== undefined && this.age.isNewer(path, module.modifiedAt, Date.now())
    );
  }

  placeText(entry: BookEntry, line: number | undefined): string {
    const { path } = this.place(entry);
    if (path === undefined || line === undefined) return whereText(entry.wanted.where);
    return visibleText(isAdded(line) ? `${basename(path)}, an added line` : `${basename(path)}:${line}`);
  }

  /** As commands show them. @param rates of the last update */
  tracedLines(lastRates: UpdateBatch['lastRates']): TracedLine[] {
    const rates = new Map(lastRates.map(({ tracepoint, rate }) => [tracepoint, rate]));
    return this.parts.book.entries().map((entry) => ({
      ...this.snapshot(entry),
      place: this.placeText(entry, this.place(entry).line),
      rate: rates.get(entry.id) ?? 0,
      last: this.parts.lastHits.of(entry.id),
      ownLimits: entry.configured.limits ?? {},
    }));
  }

  /** Without its rate. */
  snapshot(entry: BookEntry): Snapshot {
    const report = this.parts.session.report(entry.id);
    const { state, message } = this.statusOf(entry);
    const told = report && this.parts.base.since(entry.id, report);
    const last = this.parts.lastHits.of(entry.id);
    const place = this.place(entry);
    const cost = report && this.parts.costs.of(entry.id, report.sites);
    const counts = told?.counts ?? NO_COUNTS;
    return {
      id: entry.id,
      state: this.parts.hasEnded() ? stateAtEnd({ state, counts, message }) : state,
      ...(place.path !== undefined && { path: place.path }),
      ...(place.line !== undefined && { line: place.line }),
      counts,
      mode: definitionOf(entry, this.parts.limits).capture.mode,
      values: this.parts.lastHits.values(entry.id),
      ...(last && { lastHit: originOf(last) }),
      ...(this.isSourceNewer(place.path, report) && { isSourceNewer: true }),
      ...(message !== undefined && { message }),
      ...(cost && { cost: costView(cost) }),
      sites: siteViews(report?.sites ?? [], told?.hits ?? []),
    };
  }
}

const originOf = ({ time, pid, tid, site: { scope } }: Hit): HitOrigin => ({
  time: Math.round(sinceEpoch(time)),
  pid,
  tid,
  ...(scope?.name !== undefined && { function: shownName(scope.name) }),
});

interface Place {
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
}

const clientPlace = ({ clientWhere, movedBy }: BookEntry, { line, column, ...place }: Place): Place => ({
  ...place,
  ...(line !== undefined && { line: line + movedBy }),
  ...(column !== undefined && clientWhere.kind === 'line' && { column: clientWhere.column }),
});

const NO_COUNTS = { hits: 0, delivered: 0, lost: 0, filtered: 0, throttled: 0, conditionErrors: 0 };
