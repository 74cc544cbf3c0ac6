/** Counts of every line of files and functions in a debug session, and what of them is news to the client. */
import { DEFAULT_LIMITS } from '../engine/definition';
import { lineCounts, type LineCount } from '../engine/lineCounts';
import type { Session, TracepointReport } from '../engine/session';
import type { TracepointId } from '../engine/tracepointState';
import { errorMessage, refusalText } from '../messages';
import type { CountArguments, CountResponseBody, CountsBody, Limits, LineCountView } from '../protocol';

export class LineCounting {
  /** One for each file and function; below those of breakpoints. */
  private ids: TracepointId[] = [];
  /** To take their place when all of them are in. */
  private coming: TracepointId[] = [];
  private nextId = -1;
  /** What the client knows. */
  private readonly sent = new Map<string, number | undefined>();
  private nextLook = 0;

  constructor(
    private readonly session: Session,
    private readonly limits: Limits,
  ) {}

  /** Counts these and no others from now on; where one of them cannot be counted, what was counted before. */
  async start({ files = [], functions = [] }: CountArguments): Promise<CountResponseBody | Refusal> {
    this.giveUp();
    const names = [...files, ...functions];
    const wanted = names.length > 0 ? names : [undefined];
    const ids = (this.coming = wanted.map(() => this.nextId--));
    for (const [i, name] of wanted.entries())
      this.session.set(ids[i]!, {
        where: { kind: 'lines', name },
        capture: { mode: 'count' },
        limits: { ...DEFAULT_LIMITS, sites: this.limits.sites },
      });
    for (const [i, name] of wanted.entries()) {
      await this.session.settled(ids[i]!);
      const report = this.session.report(ids[i]!);
      if (report?.state === 'armed') continue;
      if (this.coming === ids) this.giveUp();
      const reason = report ? errorMessage(report.error) : 'it was stopped before it began.';
      return { refusal: `${name ?? 'The program'}: ${reason}` };
    }
    this.coming = [];
    this.stop();
    this.ids = ids;
    this.nextLook = 0;
    const parts = this.reports().flatMap(({ plannings }) => plannings.flatMap((planning) => planning.parts));
    return {
      lines: this.lines().length,
      probes: parts.reduce((sum, { plan }) => sum + plan.sites.length, 0),
    };
  }

  /** The probes go out; what is not told yet is to be asked for before. */
  stop(): void {
    this.giveUp();
    for (const id of this.ids) this.session.remove(id);
    this.ids = [];
    this.sent.clear();
  }

  private giveUp(): void {
    for (const id of this.coming) this.session.remove(id);
    this.coming = [];
  }

  /** The lines whose counts have changed; looks that take long are made less often. `now` in milliseconds. */
  newsAt(now: number): CountsBody | undefined {
    if (this.ids.length === 0 || now < this.nextLook) return undefined;
    const news = this.news();
    this.nextLook = now + PAUSE_RATIO * (Date.now() - now);
    return news;
  }

  news(): CountsBody | undefined {
    const isFirst = this.sent.size === 0;
    const changed = this.lines().filter((line) => this.isNews(line));
    return changed.length > 0 ? { lines: changed.map(viewOf), ...(isFirst && { isFirst }) } : undefined;
  }

  lines(): LineCount[] {
    return lineCounts(this.reports());
  }

  private isNews({ file, line, function: name, hits }: LineCount): boolean {
    const key = `${line} ${name} ${file}`;
    if (this.sent.has(key) && this.sent.get(key) === hits) return false;
    this.sent.set(key, hits);
    return true;
  }

  private reports(): TracepointReport[] {
    return this.ids.flatMap((id) => this.session.report(id) ?? []);
  }
}

/** Why nothing is counted, in words. */
export interface Refusal {
  readonly refusal: string;
}

const viewOf = ({ file, line, function: name, hits, reason }: LineCount): LineCountView => ({
  path: file,
  line,
  function: name,
  ...(reason ? { unavailable: refusalText(reason) } : { hits: hits! }),
});

/** Times as long as a look takes, until the next. */
const PAUSE_RATIO = 10;
