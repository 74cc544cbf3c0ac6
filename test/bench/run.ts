/**
 * `npm run bench -- start`: how long from starting the command to its probe being in, on lua, against bpftrace doing
 * the like in the same run. Prints a table; asserts nothing.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lua } from '../corpus/corpus';
import { median } from './contender';
import { attach } from './attach';
import { drain } from './drain';
import { editor } from './editor';
import { ROOT } from './files';
import { hits } from './hits';
import { symbols } from './symbols';

const CLI = join(ROOT, 'dist/cli.js');
const ROUNDS = 15;

/** Milliseconds until `command` prints a line that matches; the command is then killed. */
function untilPrinted(command: string, args: readonly string[], pattern: RegExp): Promise<number> {
  return new Promise((done, fail) => {
    const started = process.hrtime.bigint();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const look = (data: Buffer): void => {
      output += data.toString();
      if (!pattern.test(output)) return;
      const elapsed = Number(process.hrtime.bigint() - started) / 1e6;
      child.kill('SIGKILL');
      child.once('close', () => {
        done(elapsed);
      });
    };
    child.stdout.on('data', look);
    child.stderr.on('data', look);
    child.once('exit', () => {
      if (!pattern.test(output)) fail(new Error(`${command} ended: ${output}`));
    });
  });
}

async function start(): Promise<void> {
  const program = lua();
  const contenders: Record<string, () => Promise<number>> = {
    'sourcetap trace ltable.c:551 --all': () =>
      untilPrinted(
        process.execPath,
        [CLI, 'trace', '--json', 'ltable.c:551', '--log', '{t}', '--all', program],
        /"armed"/,
      ),
    'node -e 0 (floor)': async () => {
      const started = process.hrtime.bigint();
      execFileSync(process.execPath, ['-e', '0']);
      return Promise.resolve(Number(process.hrtime.bigint() - started) / 1e6);
    },
  };
  if (existsSync('/usr/bin/bpftrace')) {
    const probe = `BEGIN { printf("armed\\n"); } uprobe:${join(program)}:luaH_resize { printf("%d\\n", arg1); }`;
    contenders['bpftrace uprobe, function entry'] = () => untilPrinted('bpftrace', ['-e', probe], /armed/);
  }
  const times = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(contenders)) times.get(name)!.push(await run());
  }
  console.log(`\nfrom start to armed, median of ${String(ROUNDS)} interleaved rounds, ms (fastest)`);
  for (const [name, list] of times)
    console.log(
      `${name.padEnd(40)} ${median(list).toFixed(0).padStart(6)} (${Math.min(...list).toFixed(0)})`,
    );
}

const benches: Record<string, () => Promise<void>> = { start, symbols, hits, drain, attach, editor };

async function main(names: readonly string[]): Promise<void> {
  for (const name of names.length > 0 ? names : Object.keys(benches)) {
    const bench = benches[name];
    if (!bench) throw new Error(`no bench "${name}"; there are: ${Object.keys(benches).join(' ')}`);
    await bench();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
