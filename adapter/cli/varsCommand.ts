import { DEFAULT_CAPTURE_LIMITS } from '../capture/captured';
import { lowerVariable } from '../capture/lower';
import type { AddressContext } from '../dwarf/scope';
import { formatAddress } from '../elf/address';
import { contextOf, type CandidateSite } from '../engine/site';
import { findSites } from '../engine/siteSearch';
import { visibleText } from '../inertText';
import { gapText, noVariablesText, searchNotes } from '../messages';
import { SourceMap } from '../symbols/sourceMap';
import { typeName } from '../dwarf/typeName';
import { modulesOf, parseArguments, whereOf } from './arguments';
import { OutputQueue } from './outputQueue';
import { table } from './table';
import { UsageError } from './usage';

const OPTIONS = { program: { type: 'string' }, pid: { type: 'string' }, json: { type: 'boolean' } } as const;

/** `sourcetap vars` */
export async function varsCommand(args: readonly string[]): Promise<number> {
  const parsed = parseArguments(args, OPTIONS);
  const [text, ...more] = parsed.positionals;
  if (text === undefined || more.length > 0) throw new UsageError('one WHERE');
  const where = whereOf(text);
  const modules = modulesOf(parsed);
  const found = findSites(where, modules, new SourceMap());
  for (const note of searchNotes(found)) process.stderr.write(`sourcetap: ${note}\n`);
  const known = await OutputQueue.to(1, (output) =>
    writeVariables(found.sites, output, parsed.values['json'] === true),
  );
  for (const module of modules) module.close();
  return known > 0 ? 0 : 1;
}

/** @returns at how many sites there is something to say */
async function writeVariables(
  sites: readonly CandidateSite[],
  output: OutputQueue,
  json: boolean,
): Promise<number> {
  let known = 0;
  for (const site of sites) {
    const context = contextOf(site);
    if (!context) {
      process.stderr.write(`sourcetap: ${noVariablesText(site)}\n`);
      continue;
    }
    known++;
    const rows = [...variablesIn(context)];
    const lines = json
      ? rows.map((row) => JSON.stringify(row))
      : [heading(site), ...table(rows.map(columns)).split('\n')];
    for (const line of lines) output.line(line);
    if (!output.ready) await output.flush();
  }
  return known;
}

interface VariableRow {
  readonly name: string;
  readonly type: string;
  readonly address: string;
  readonly available: boolean;
  readonly reason?: string;
  readonly scope: 'argument' | 'local' | 'global';
}

function* variablesIn(context: AddressContext): Generator<VariableRow> {
  const locals = context.locals();
  const names = new Set(locals.map(({ name }) => name));
  const globals = context.globals().filter(({ name }) => !names.has(name));
  for (const variable of [...locals, ...globals]) {
    const { source, type } = lowerVariable(variable, context, DEFAULT_CAPTURE_LIMITS).expression;
    yield {
      name: variable.name,
      type: typeName(type),
      address: formatAddress(context.address),
      available: source.kind !== 'unavailable',
      ...(source.kind === 'unavailable' ? { reason: gapText(source.reason) } : {}),
      scope: variable.scope,
    };
  }
}

const heading = (site: CandidateSite): string =>
  visibleText(
    `${site.file ?? '?'}:${site.resolvedLine ?? '?'} at ${formatAddress(site.address)}${site.scope?.name === undefined ? '' : ` in ${site.scope.name}`}`,
  );

const columns = (row: VariableRow): string[] => ['', row.scope, row.name, row.type, row.reason ?? ''];
