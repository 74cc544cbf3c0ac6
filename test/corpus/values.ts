/**
 * What `sourcetap trace` captures where a program first comes by some addresses, against what gdb finds there in runs that
 * go the same way: same environment, no address space randomisation, a clock that stands still.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Hit, Summary } from '../kernel/sourcetap';
import { gdbStops, type Run } from './gdbValues';
import { PAGES, ValueComparison } from './valueComparison';

/** @param sample how many is_stmt addresses, of one file or of all */
export function compareValues(run: Run, sample: number, file = ''): ValueComparison {
  const { sampled, stops } = gdbStops(run, { file, sample });
  const runs = [stops, ...PAGES.slice(1).map((pages) => gdbStops(run, sampled, pages).stops)];
  const places = Object.keys(stops).filter((address) => runs.every((one) => address in one));
  const { hits, refused } = firstHits(run, places);
  const comparison = new ValueComparison();
  comparison.astray = Object.keys(stops).length - places.length;
  for (const [address, hit] of hits) hits.set(address, withAskedAlone(run, address, hit));
  for (const address of places) {
    const variables = runs.map((one) => one[address]!);
    if (refused.has(address)) comparison.unprobed++;
    else comparison.stop(address, hits.get(address)?.values, variables);
  }
  return comparison;
}

/** A record has room for so much: what was left out of all variables is asked for by name. */
function withAskedAlone(run: Run, address: string, hit: Hit): Hit {
  const names = Object.keys(hit.values).filter((name) => hit.values[name]!.unavailable?.startsWith(NO_ROOM));
  if (names.length === 0) return hit;
  const values = { ...hit.values };
  for (const name of names) {
    const { objects } = trace(run, [address], ['--log', `{${name}}`]);
    const [asked] = objects.filter(({ type }) => type === 'hit') as Hit[];
    values[name] = asked?.values[name] ?? values[name]!;
  }
  return { ...hit, values };
}

interface FirstHits {
  /** By address. */
  readonly hits: Map<string, Hit>;
  /** Addresses that take no probe. */
  readonly refused: ReadonlySet<string>;
}

function firstHits(run: Run, addresses: readonly string[]): FirstHits {
  const hits = new Map<string, Hit>();
  const refused = new Set<string>();
  for (let start = 0; start < addresses.length; start += MAX_TRACEPOINTS) {
    const found = tracedHits(run, addresses.slice(start, start + MAX_TRACEPOINTS));
    found.hits.forEach((hit, address) => hits.set(address, hit));
    found.refused.forEach((address) => refused.add(address));
  }
  return { hits, refused };
}

/** One run. Where an address takes no probe, which the command then refuses as a whole, again without it. */
function tracedHits(run: Run, addresses: readonly string[]): FirstHits {
  const { objects, refusal } = trace(run, addresses);
  const refused = addresses.filter((address) => refusal?.includes(`*${address}: `));
  const rest = addresses.filter((address) => !refused.includes(address));
  if (refused.length > 0 && rest.length > 0) {
    const again = tracedHits(run, rest);
    return { hits: again.hits, refused: new Set([...refused, ...again.refused]) };
  }
  assert.equal(refusal, undefined);
  for (const { tracepoint, lost } of objects.filter(({ type }) => type === 'summary') as Summary[])
    assert.equal(lost, 0, `tracepoint ${tracepoint}`);
  const hits = new Map<string, Hit>();
  for (const hit of objects.filter(({ type }) => type === 'hit') as Hit[]) {
    const address = addresses[hit.tracepoint - 1]!;
    assert.ok(!hits.has(address));
    hits.set(address, hit);
  }
  return { hits, refused: new Set() };
}

interface Traced {
  readonly objects: readonly { readonly type: string }[];
  /** What the command says where it does not end well. */
  readonly refusal: string | undefined;
}

function trace(run: Run, addresses: readonly string[], options: readonly string[] = []): Traced {
  const cli = process.env['SOURCETAP_CLI'] ?? resolve(__dirname, '../../dist/cli.js');
  const wheres = addresses.map((address) => `*${address}`);
  const how = ['--json', '--hits', '1', ...options];
  const command = [process.execPath, cli, 'trace', ...how, ...wheres, '--program', run.program];
  const output = openSync(run.output, 'w');
  const { stdout, status } = spawnSync('setarch', ['-R', ...command, '--', ...run.args], {
    cwd: run.directory,
    env: run.environment,
    stdio: ['ignore', 'pipe', output],
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  closeSync(output);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return {
    objects: lines.map((line) => JSON.parse(line) as { type: string }),
    refusal: status === 0 ? undefined : readFileSync(run.output, 'utf8'),
  };
}

const NO_ROOM = 'no room left in the record';
/** In one run. */
const MAX_TRACEPOINTS = 200;
