/**
 * Gives damaged files to elf/ and dwarf/ for so many seconds: `run.ts [SECONDS]`. Whatever the input, there is a DecodeError or a
 * result, within two seconds and 512 MB. An input that fails is shown with the command that tries it again:
 * `run.ts TARGET SEED`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { targets } from './targets';

interface Outcome {
  /** How many inputs were tried. */
  readonly inputs: number;
  /** How much there was to read in them: an input that is refused at once tests little. */
  readonly read: number;
  /** Of the input that failed. */
  readonly failure: { readonly seed: number; readonly reason: string } | undefined;
}

async function main(args: readonly string[]): Promise<void> {
  const [first = '60', one] = args;
  if (one !== undefined) {
    const { failure } = await watched(first, Number(one), undefined);
    report(first, { inputs: 1, read: 0, failure });
    process.exitCode = failure ? 1 : 0;
    return;
  }
  const names = [...targets().keys()];
  const start = Number(process.env['SOURCETAP_FUZZ_START'] ?? Date.now() % 1_000_000_000);
  console.log(`seeds from ${start}`);
  let failed = 0;
  for (const name of names) {
    const outcome = await longRun(name, start, (Number(first) * 1000) / names.length);
    report(name, outcome);
    if (outcome.failure) failed++;
  }
  const counts = { passed: names.length - failed, failed, skipped: 0 };
  const file = process.env['SOURCETAP_COUNTS'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  process.exitCode = failed > 0 ? 1 : 0;
}

/** A failure counts when the input fails by itself too: the machine may be slow, the garbage another input's. */
async function longRun(name: string, start: number, milliseconds: number): Promise<Outcome> {
  const end = Date.now() + milliseconds;
  let inputs = 0;
  let read = 0;
  for (let seed = start; Date.now() < end;) {
    const outcome = await watched(name, seed, end - Date.now());
    inputs += outcome.inputs;
    read += outcome.read;
    if (!outcome.failure) break;
    const again = await watched(name, outcome.failure.seed, undefined);
    if (again.failure) return { inputs, read, failure: again.failure };
    console.log(`${name} ${outcome.failure.seed} failed once, and not again: ${outcome.failure.reason}`);
    seed = outcome.failure.seed + 1;
  }
  return { inputs, read, failure: undefined };
}

function report(name: string, { inputs, read, failure }: Outcome): void {
  console.log(`${name.padEnd(12)} ${String(inputs).padStart(9)} inputs, ${read} things read`);
  if (failure)
    console.log(`FAILED: node --import tsx test/fuzz/run.ts ${name} ${failure.seed}\n${failure.reason}`);
}

/** Runs a worker, and ends it when one input takes too long. @param milliseconds undefined for one input */
function watched(name: string, seed: number, milliseconds: number | undefined): Promise<Outcome> {
  const progress = resolve(OUT, `seed-${process.pid}`);
  mkdirSync(OUT, { recursive: true });
  writeFileSync(progress, '');
  const args = [name, `${seed}`, ...(milliseconds === undefined ? [] : [`${Math.ceil(milliseconds)}`])];
  const worker = spawn(process.execPath, ['--max-old-space-size=512', '--import', 'tsx', WORKER, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, SOURCETAP_FUZZ_SEED: progress },
  });
  let errors = '';
  worker.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-MAX_ERROR_TEXT)));
  let latest = '';
  let since = Date.now();
  let hangs = false;
  const watch = setInterval(() => {
    const now = readFileSync(progress, 'utf8').trim();
    if (now !== latest || now === '') [latest, since] = [now, Date.now()];
    hangs = Date.now() - since > MAX_INPUT_MILLISECONDS;
    if (hangs) worker.kill('SIGKILL');
  }, 100);
  return new Promise((done) => {
    worker.on('close', (status) => {
      clearInterval(watch);
      const [last = seed, read = 0] = readFileSync(progress, 'utf8').trim().split(' ').map(Number);
      const reason = hangs ? `over ${MAX_INPUT_MILLISECONDS} ms` : errors;
      done({ inputs: last - seed, read, failure: status === 0 ? undefined : { seed: last, reason } });
    });
  });
}

const OUT = resolve(__dirname, '../../out/fuzz');
const WORKER = resolve(__dirname, 'worker.ts');
const MAX_INPUT_MILLISECONDS = 2000;
const MAX_ERROR_TEXT = 4000;

void main(process.argv.slice(2));
