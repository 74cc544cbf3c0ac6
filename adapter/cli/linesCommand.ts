import { basename } from 'node:path';
import { formatAddress } from '../elf/address';
import { CodePlacement } from '../engine/codePlacement';
import { searchModules, undescribed } from '../engine/moduleSearch';
import { PlanError } from '../engine/planError';
import { chooseAddress } from '../engine/planner';
import type { CandidateSite } from '../engine/site';
import { findSites, statementRows, type FoundSites } from '../engine/siteSearch';
import { refusalText, searchNotes } from '../messages';
import type { Module } from '../symbols/module';
import { SourceMap } from '../symbols/sourceMap';
import { modulesOf, parseArguments, whereOf } from './arguments';
import { OutputQueue } from './outputQueue';
import { table } from './table';
import { UsageError } from './usage';

const OPTIONS = { program: { type: 'string' }, pid: { type: 'string' }, json: { type: 'boolean' } } as const;

/** `sourcetap lines` */
export async function linesCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  const [text, ...more] = parsed.positionals;
  if (more.length > 0) throw new UsageError('one WHERE at most');
  const where = text === undefined ? undefined : whereOf(text);
  const modules = modulesOf(parsed);
  const map = new SourceMap();
  const found = where ? findSites(where, modules, map, true) : everySite(modules, map);
  for (const note of searchNotes(found)) process.stderr.write(`sourcetap: ${note}\n`);
  const rows = rowsOf(found.sites);
  await OutputQueue.to(1, (output) =>
    parsed.values['json'] === true ? writeJson(rows, output) : writeTable(rows, output, modules.length > 1),
  );
  for (const module of modules) module.close();
  return 0;
}

async function writeJson(rows: Iterable<LineRow>, output: OutputQueue): Promise<void> {
  for (const row of rows) {
    output.line(JSON.stringify(row));
    if (!output.ready) await output.flush();
  }
}

function writeTable(rows: Iterable<LineRow>, output: OutputQueue, withModule: boolean): void {
  const lines = table([...rows].map((row) => columns(row, withModule))).split('\n');
  for (const line of lines.slice(0, -1)) output.line(line);
}

/** Module by module. @throws PlanError when none has debug information */
function everySite(modules: readonly Module[], map: SourceMap): SiteStream {
  const { found, unsearched } = searchModules(modules, (module) => module.debug && module);
  const damaged = unsearched.filter(({ error }) => error !== undefined);
  if (found.length > 0) return { sites: sitesOf(found, map), damaged, missedColumn: undefined };
  if (damaged[0]?.error instanceof Error) throw damaged[0].error;
  throw new PlanError({ code: 'noDebugInformation', module: undescribed(modules[0]!) });
}

type SiteStream = Omit<FoundSites, 'sites'> & { readonly sites: Iterable<CandidateSite> };

function* sitesOf(modules: readonly Module[], map: SourceMap): Generator<CandidateSite> {
  for (const module of modules)
    for (const row of statementRows(module, map))
      yield { ...row, module, resolvedLine: row.line, alternatives: [] };
}

interface LineRow {
  readonly file: string;
  readonly line: number | undefined;
  readonly resolvedLine: number | undefined;
  readonly column?: number;
  readonly address: string;
  readonly function: string;
  readonly inlined: boolean;
  readonly module: string;
  readonly probeable: boolean;
  readonly reason?: string;
  readonly probeAddress?: string;
}

function* rowsOf(sites: Iterable<CandidateSite>): Generator<LineRow> {
  const code = new Map<Module, CodePlacement>();
  for (const site of sites) {
    const placement = code.get(site.module) ?? new CodePlacement(site.module);
    code.set(site.module, placement);
    const choice = chooseAddress(site, placement, () => READS_NOTHING);
    yield {
      file: site.file ?? '',
      line: site.line,
      resolvedLine: site.resolvedLine,
      ...(site.column !== undefined && site.column > 0 && { column: site.column }),
      address: formatAddress(site.address),
      function: site.scope?.name ?? '',
      inlined: site.scope?.kind === 'inlined',
      module: site.module.path,
      ...(choice.kind === 'probe'
        ? { probeable: true, probeAddress: formatAddress(choice.probe) }
        : { probeable: false, reason: refusalText(choice.reason) }),
    };
  }
}

const READS_NOTHING = { registers: new Set<never>() };

const columns = (row: LineRow, withModule: boolean): string[] => [
  `${row.file}:${row.resolvedLine ?? '?'}${row.column === undefined ? '' : `:${row.column}`}`,
  row.address,
  ...(withModule ? [basename(row.module)] : []),
  `${row.function}${row.inlined ? ' (inlined)' : ''}`,
  row.probeable
    ? row.probeAddress === row.address
      ? ''
      : `probe at ${row.probeAddress!}`
    : `no probe: ${row.reason!}`,
];
