/**
 * `npm run bench -- hits`: what a hit costs the thread that makes it, under this project, under the least that the kernel can do, and under
 * other tools, on one target, interleaved. Writes hits.md and hits.svg; asserts nothing.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { assemble } from '../../adapter/bpf/assembler';
import { exit, moveImmediate } from '../../adapter/bpf/instruction';
import { linkProbes } from '../../adapter/bpf/link';
import { loadProgram } from '../../adapter/bpf/program';
import type { Definition } from '../../adapter/engine/definition';
import { fileOffset } from '../../adapter/elf/address';
import { linux } from '../../adapter/sys/linux';
import { siteAt } from '../kernel/registersProgram';
import { table } from '../setup/results';
import { bars } from './bars';
import { median } from './contender';
import { BENCH, OUT } from './files';
import { build, lineOf, PROGRAM, Target, trace } from './hitsTarget';

/** The same, calling into uftrace's library at every function's entry. */
const INSTRUMENTED = join(OUT, 'hits-pg');

type SiteName = 'emulated' | 'stepped';
const SITES: readonly SiteName[] = ['emulated', 'stepped'];
const THREADS = [1, 2];

const ROUNDS = 5;
const FIRST_HITS = 500;
const MOST_HITS = 400_000;
const MEASURED_NS = 2e8;
const SLOW_NS = 5e4;
/** Less than any probe costs. */
const LEAST_NS = 50;
const READY_MS = 8000;
const SETTLE_MS = 1200;
const MAX_SAID = 1 << 16;

interface Place {
  readonly site: SiteName;
  readonly line: number;
  /** In bytes from `work`. */
  readonly offset: number;
}

/** Watches a place of a process until it is stopped; what it gives then is said beside its figure. */
interface Tool {
  readonly name: string;
  readonly watch: (target: Target, place: Place) => Promise<Watch>;
  /** Where it can be: anywhere, or at the entry of functions alone (bpftrace as Debian builds it, ltrace, uftrace). */
  readonly sites: readonly SiteName[];
  /** Starts the target as the tool wants it. */
  readonly start?: (threads: number) => Promise<Target>;
}
interface Watch {
  readonly stop: () => Promise<string>;
}

/** Enough hits for a figure, and few enough for tools that stop the program. */
async function measure(target: Target): Promise<number> {
  const first = await target.run(FIRST_HITS);
  return target.run(Math.min(MOST_HITS, Math.max(FIRST_HITS, Math.round(MEASURED_NS / first))));
}

const ours = (name: string, definition: Omit<Definition, 'where' | 'limits'>): Tool => ({
  name: `sourcetap, ${name}`,
  sites: SITES,
  watch: async (target, { line }) => {
    const traced = await trace(target, line, definition);
    return {
      stop: async () => {
        const { counts } = await traced.stop();
        return counts.lost > 0 ? `${((100 * counts.lost) / counts.hits).toFixed(0)} % lost` : '';
      },
    };
  },
});
const log = (message: string): Pick<Definition, 'capture'> => ({ capture: { mode: 'log', message } });
const count: Pick<Definition, 'capture'> = { capture: { mode: 'count' } };

const emptyProgram: Tool = {
  name: 'empty BPF program',
  sites: SITES,
  watch: ({ pid }, { offset }) => {
    const system = linux();
    const program = loadProgram(system, 'empty', assemble([moveImmediate(0, 0), exit()], {}));
    const entry = siteAt(PROGRAM, 'work').offset;
    const probes = [{ offset: fileOffset(entry + offset), cookie: 0 }];
    const link = linkProbes(system, program, { path: PROGRAM, pid, probes });
    program.close();
    return Promise.resolve({ stop: () => link.closeLater().then(() => '') });
  },
};

/** A command that says when it is ready, or is given a second. */
function tool(
  name: string,
  command: string,
  args: (target: Target, place: Place) => readonly string[],
  {
    ready,
    sites = SITES,
    stop = 'SIGINT',
    settle = SETTLE_MS,
  }: { ready?: RegExp; sites?: readonly SiteName[]; stop?: NodeJS.Signals; settle?: number } = {},
): Tool {
  return {
    name,
    sites,
    watch: async (target, place) => {
      const child = spawn(command, args(target, place), { stdio: ['ignore', 'pipe', 'pipe'] });
      let said = '';
      const heard = new Promise<void>((done) => {
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (data: Buffer) => {
            if (said.length > MAX_SAID) return;
            said += data.toString();
            if (ready?.test(said)) done();
          });
      });
      await Promise.race([heard, pause(ready ? READY_MS : 0), once(child, 'error')]);
      if (ready && !ready.test(said)) throw new Error(said.trim().split('\n').at(-1) ?? 'it says nothing');
      // What it says comes before what it does.
      await pause(settle);
      return {
        stop: async () => {
          child.kill(stop);
          const ended = setTimeout(() => child.kill('SIGKILL'), READY_MS);
          if (child.exitCode === null) await once(child, 'close');
          clearTimeout(ended);
          return '';
        },
      };
    },
  };
}

const TOOLS: readonly Tool[] = [
  { name: 'no probe', sites: SITES, watch: () => Promise.resolve({ stop: () => Promise.resolve('') }) },
  tool('perf stat', 'perf', ({ pid }, { site }) => ['stat', '-e', `probe_hits:${site}`, '-p', `${pid}`]),
  emptyProgram,
  ours('count', count),
  ours('2 registers', log('{n} {$rdi}')),
  ours('2 from memory', log('{p->a} {p->b}')),
  ours('a string', log('{p->name}')),
  ours('1 KiB snapshot', log('{*p}')),
  ours('condition false, register', { ...count, condition: 'n < 0' }),
  ours('condition false, memory', { ...count, condition: 'p->a < 0' }),
  tool('bpftrace count()', 'bpftrace', bpftrace('@ = count()'), { ready: /Attaching/, sites: ['emulated'] }),
  tool('bpftrace printf()', 'bpftrace', bpftrace('printf("%d %d\\n", arg0, arg1)'), {
    ready: /Attaching/,
    sites: ['emulated'],
  }),
  tool('perf record', 'perf', ({ pid }, { site }) => [
    'record',
    '-q',
    '-e',
    `probe_hits:${site}`,
    '-p',
    `${pid}`,
    '-o',
    '/dev/null',
  ]),
  tool('gdb dprintf', 'gdb', ({ pid }, { offset }) => [
    '-nx', '-batch', '-p', `${pid}`, '-ex', `dprintf *((char *)work+${offset}), "%ld %ld\\n", $rdi, $rsi`, '-ex', 'echo armed\\n', '-ex', 'continue',
  ], { ready: /armed/ }), // prettier-ignore
  tool(
    'lldb, auto-continue',
    'lldb',
    ({ pid }, { line }) => [
      '-b',
      '-p',
      `${pid}`,
      '-o',
      `breakpoint set -f hits.c -l ${line} -G true`,
      '-o',
      'continue',
    ],
    { settle: 5000 },
  ),
  {
    name: 'ltrace -x',
    sites: ['emulated'],
    start: (threads) =>
      Target.start(PROGRAM, threads, { wrapped: ['ltrace', '-x', 'work', '-o', '/dev/null'] }),
    watch: () => Promise.resolve({ stop: () => Promise.resolve('') }),
  },
  {
    name: 'uftrace record',
    sites: ['emulated'],
    start: (threads) => {
      const data = join(OUT, 'uftrace.data');
      rmSync(data, { recursive: true, force: true });
      return Target.start(INSTRUMENTED, threads, {
        wrapped: ['uftrace', 'record', '--no-libcall', '-d', data],
      });
    },
    watch: () => Promise.resolve({ stop: () => Promise.resolve('built with -pg, no probe: all functions') }),
  },
];

function bpftrace(action: string): (target: Target, place: Place) => readonly string[] {
  return ({ pid }, { offset }) => [
    '--unsafe',
    '-p',
    `${pid}`,
    '-e',
    `uprobe:${PROGRAM}:work+${offset} { ${action}; }`,
  ];
}

export async function hits(): Promise<void> {
  const places = prepare();
  const figures = new Map<string, Figure>();
  try {
    for (let round = 0; round < ROUNDS; round++)
      for (const threads of THREADS)
        for (const place of places)
          for (const one of TOOLS.filter(({ sites }) => sites.includes(place.site))) {
            const key = keyOf(one.name, place.site, threads);
            const figure = figures.get(key) ?? { nanoseconds: [], notes: new Set<string>() };
            figures.set(key, figure);
            // Some cannot do it here, and some take minutes.
            if (figure.failure === undefined && (round === 0 || (figure.nanoseconds[0] ?? 0) < SLOW_NS))
              await attempt(one, place, threads, figure);
          }
  } finally {
    execFileSync('perf', ['probe', '-q', '-d', 'probe_hits:*']);
  }
  report(figures);
}

interface Figure {
  readonly nanoseconds: number[];
  readonly notes: Set<string>;
  failure?: string;
}
const keyOf = (name: string, site: SiteName, threads: number): string => `${name} ${site} ${threads}`;

async function attempt(one: Tool, place: Place, threads: number, figure: Figure): Promise<void> {
  try {
    const target = await (one.start ?? ((wanted: number) => Target.start(PROGRAM, wanted)))(threads);
    try {
      const watch = await one.watch(target, place);
      const nanoseconds = await measure(target);
      if (nanoseconds < LEAST_NS && one !== TOOLS[0]) throw new Error('it sees no hit here');
      figure.nanoseconds.push(nanoseconds);
      figure.notes.add(await watch.stop());
    } finally {
      await target.end();
    }
  } catch (error) {
    figure.failure = String(error instanceof Error ? error.message : error);
  }
}

/** The programs, and the events that perf wants to have made. */
function prepare(): Place[] {
  build(PROGRAM);
  build(INSTRUMENTED, '-pg');
  if (!existsSync('/sys/kernel/tracing/uprobe_events'))
    execFileSync('mount', ['-t', 'tracefs', 'tracefs', '/sys/kernel/tracing']);
  return SITES.map((site, offset) => {
    execFileSync('perf', ['probe', '-q', '-x', PROGRAM, `${site}=work+${offset}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return { site, offset, line: lineOf(site) };
  });
}

/** A ratio that is wanted, of two figures at a site. */
interface Wanted {
  readonly name: string;
  readonly of: string;
  readonly to: string;
  readonly sites: readonly SiteName[];
  readonly most: number;
  /** A figure that is taken off both: what no tool can do without. */
  readonly without?: string;
}
const WANTED: readonly Wanted[] = [
  { name: 'counting, to perf stat', of: 'sourcetap, count', to: 'perf stat', sites: ['emulated'], most: 1 },
  { name: 'counting that was moved, to perf stat', of: 'sourcetap, count', to: 'perf stat', sites: ['stepped'], most: 0.1 },
  { name: '2 registers, to an empty program', of: 'sourcetap, 2 registers', to: 'empty BPF program', sites: ['emulated'], most: 1.35 },
  { name: '2 registers, to an empty program', of: 'sourcetap, 2 registers', to: 'empty BPF program', sites: ['stepped'], most: 1.1 },
  { name: '2 from memory, to an empty program', of: 'sourcetap, 2 from memory', to: 'empty BPF program', sites: ['emulated'], most: 1.5 },
  { name: '2 from memory, to an empty program', of: 'sourcetap, 2 from memory', to: 'empty BPF program', sites: ['stepped'], most: 1.1 },
  { name: '2 registers, to bpftrace printf()', of: 'sourcetap, 2 registers', to: 'bpftrace printf()', sites: ['emulated'], most: 1 / 20 },
  { name: 'the same, without the trap', of: 'sourcetap, 2 registers', to: 'bpftrace printf()', sites: ['emulated'], most: 1 / 20, without: 'empty BPF program' },
  { name: 'a condition on a register, to counting', of: 'sourcetap, condition false, register', to: 'sourcetap, count', sites: ['emulated'], most: 1.05 },
  { name: 'a condition on memory, to counting', of: 'sourcetap, condition false, memory', to: 'sourcetap, count', sites: ['emulated'], most: 1.2 },
]; // prettier-ignore

function report(figures: ReadonlyMap<string, Figure>): void {
  const at = (name: string, site: SiteName, threads: number): number | undefined => {
    const own = figures.get(keyOf(name, site, threads))?.nanoseconds ?? [];
    return own.length > 0 ? median(own) : undefined;
  };
  const columns = SITES.flatMap((site) => THREADS.map((threads) => ({ site, threads })));
  const rows = TOOLS.map(({ name, sites }) => {
    const all = columns.map(({ site, threads }) => figures.get(keyOf(name, site, threads)));
    const notes = new Set(
      all.flatMap((figure) => [...(figure?.notes ?? []), ...(figure?.failure ? [figure.failure] : [])]),
    );
    notes.delete('');
    return [
      name,
      ...columns.map(
        ({ site, threads }) =>
          at(name, site, threads)?.toFixed(0) ?? (sites.includes(site) ? 'failed' : 'only at entries'),
      ),
      [...notes].join('; '),
    ];
  });
  const ratios = WANTED.flatMap(({ name, of, to, sites, most, without }) =>
    sites.map((site) => {
      const measured = THREADS.map((threads) => {
        const [own, other] = [at(of, site, threads), at(to, site, threads)];
        const floor = without === undefined ? 0 : at(without, site, threads);
        return own !== undefined && other !== undefined && floor !== undefined
          ? ((own - floor) / (other - floor)).toFixed(2)
          : 'not measured';
      });
      return [name, site, most.toFixed(2), ...measured];
    }),
  );
  writeFileSync(
    join(BENCH, 'hits.md'),
    [
      '# What a hit costs: `npm run bench -- hits`',
      '',
      `Nanoseconds that a hit takes the thread that makes it, medians of ${ROUNDS} interleaved rounds, Linux ${release()}, ${cpus().length} CPUs. An instruction that the kernel emulates (a \`nop\`), and one that it steps (\`lea\`).`,
      '',
      ...table(
        [
          'tool',
          ...columns.map(({ site, threads }) => `${site}, ${threads} thread${threads > 1 ? 's' : ''}`),
          '',
        ],
        rows,
      ),
      '',
      '![](hits.svg)',
      '',
      ...table(
        [
          'ratio',
          'site',
          'wanted: at most',
          ...THREADS.map((threads) => `${threads} thread${threads > 1 ? 's' : ''}`),
        ],
        ratios,
      ),
      '',
    ].join('\n'),
  );
  const bar = ({ name }: Tool): { name: string; value: number }[] => {
    const value = at(name, 'emulated', 1);
    return value === undefined ? [] : [{ name, value }];
  };
  writeFileSync(
    join(BENCH, 'hits.svg'),
    bars('nanoseconds a hit, emulated instruction, one thread', TOOLS.flatMap(bar)),
  );
}

const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));
