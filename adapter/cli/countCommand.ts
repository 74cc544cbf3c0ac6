import { openKernelBackend } from '../backend/kernelBackend';
import { DEFAULT_LIMITS, type Definition } from '../engine/definition';
import { lineCounts, type LineCount } from '../engine/lineCounts';
import { ModuleWatch } from '../engine/moduleWatch';
import { planSteps, planTargetOf } from '../engine/planner';
import { Session, type TracepointReport } from '../engine/session';
import type { Target } from '../engine/target';
import { whereText } from '../engine/where';
import { becameProgram, errorMessage, refusalText } from '../messages';
import { SourceMap } from '../symbols/sourceMap';
import { annotated } from './annotation';
import { parseArguments, text, type Parsed } from './arguments';
import { OutputQueue } from './outputQueue';
import { table } from './table';
import { durationOf, openTarget, stopping, TARGET_OPTIONS } from './targetRun';
import { UsageError } from './usage';

const OPTIONS = { ...TARGET_OPTIONS, annotate: { type: 'boolean' } } as const;

/** `sourcetap count` */
export async function countCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  const request = requestOf(parsed);
  const target = await openTarget(parsed, request.form === 'json');
  try {
    return await OutputQueue.to(1, (output) => new Count(request, target, output).run());
  } finally {
    await target.end();
    target.dispose();
  }
}

interface CountRequest {
  readonly definitions: readonly Definition[];
  readonly form: 'listing' | 'annotation' | 'json';
  readonly durationMs: number | undefined;
}

function requestOf({ values, positionals }: Parsed): CountRequest {
  if (values['json'] === true && values['annotate'] === true)
    throw new UsageError('give either --annotate or --json');
  const names = positionals.length > 0 ? positionals : [undefined];
  return {
    definitions: names.map((name) => ({
      where: { kind: 'lines', name },
      capture: { mode: 'count' },
      limits: DEFAULT_LIMITS,
    })),
    form: values['json'] === true ? 'json' : values['annotate'] === true ? 'annotation' : 'listing',
    durationMs: durationOf(text(values['duration'])),
  };
}

/** One run, from the first probe to the counts. */
class Count {
  private readonly backend = openKernelBackend();
  private readonly session: Session;

  constructor(
    private readonly request: CountRequest,
    private readonly target: Target,
    private readonly output: OutputQueue,
  ) {
    const sourceMap = new SourceMap();
    this.session = new Session({
      backend: this.backend,
      plan: (definition, modules) => planSteps(definition, planTargetOf(target, sourceMap, modules)),
      modules: target.modules,
      observer: { hit: () => undefined, ready: () => true, settled: () => undefined },
    });
  }

  async run(): Promise<number> {
    const { stopped, stop } = stopping(this.target, this.output);
    const served = await this.arm();
    if (served) {
      await this.count(stopped, stop);
      this.print(lineCounts(this.reports()));
    }
    await this.session.end();
    return served ? 0 : 1;
  }

  /** Says of each name that cannot be counted why. */
  private async arm(): Promise<boolean> {
    const { definitions } = this.request;
    for (const [i, definition] of definitions.entries()) this.session.set(i + 1, definition);
    let served = true;
    for (const [i, { where }] of definitions.entries()) {
      await this.session.settled(i + 1);
      const { state, error } = this.session.report(i + 1)!;
      if (state === 'armed') continue;
      complain(`${whereText(where)}: ${errorMessage(error)}`);
      served = false;
    }
    return served;
  }

  private async count(stopped: Promise<void>, stop: () => void): Promise<void> {
    const { target, session, backend } = this;
    process.stderr.write(`${armedText(this.reports())}\n`);
    const watch = new ModuleWatch({
      target,
      session,
      backend,
      becameProgram: ({ path }) => {
        complain(becameProgram(path));
      },
    });
    target.release();
    const { durationMs } = this.request;
    const timer = durationMs === undefined ? undefined : setTimeout(stop, durationMs);
    await stopped;
    clearTimeout(timer);
    await watch.stop();
    await session.end();
  }

  private reports(): TracepointReport[] {
    return this.session.tracepoints.map((id) => this.session.report(id)!);
  }

  private print(lines: readonly LineCount[]): void {
    const { form } = this.request;
    const text =
      form === 'json' ? lines.map(json) : form === 'annotation' ? annotated(lines) : listing(lines);
    for (const line of text) this.output.line(line);
  }
}

function armedText(reports: readonly TracepointReport[]): string {
  const parts = reports.flatMap(({ plannings }) => plannings.flatMap((planning) => planning.parts));
  const probes = parts.reduce((sum, { plan }) => sum + plan.sites.length, 0);
  return `counting ${lineCounts(reports).length} lines by ${probes} probes`;
}

function json({ file, line, function: name, hits, reason }: LineCount): string {
  const outcome = reason ? { unavailable: refusalText(reason) } : { hits };
  return JSON.stringify({ type: 'count', file, line, function: name, ...outcome });
}

/** The lines that run most often come first, those that are not counted last. */
function listing(lines: readonly LineCount[]): string[] {
  const sorted = [...lines].sort((a, b) => (b.hits ?? -1) - (a.hits ?? -1));
  const rows = sorted.map(({ file, line, function: name, hits, reason }) => [
    String(hits ?? '-').padStart(COUNT_WIDTH),
    `${file}:${line}`,
    reason ? `${name} (no probe: ${refusalText(reason)})` : name,
  ]);
  return table(rows).split('\n').slice(0, -1);
}

function complain(message: string): void {
  process.stderr.write(`sourcetap: ${message}\n`);
}

const COUNT_WIDTH = 10;
