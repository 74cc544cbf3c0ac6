/**
 * `npm run bench -- symbols`: questions about debug information, each asked of a fresh process with a warm page cache, of
 * this project's library, of gdb, lldb, SystemTap and eu-readelf. Writes symbols.md and symbols.svg; asserts nothing.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { cpus, release } from 'node:os';
import { join } from 'node:path';
import { corpus } from '../corpus/corpus';
import { table } from '../setup/results';
import { compare, type Contender, type Measured } from './contender';
import { BENCH, OUT, ROOT } from './files';
import { plot } from './plot';

const WORKER = join(OUT, 'symbolsWorker.cjs');

interface Subject {
  readonly program: string;
  /** A line with code, and the address of its first site. */
  readonly file: string;
  readonly line: number;
}

const LARGE: readonly Subject[] = [
  { program: 'libjvm.debug', file: 'g1ConcurrentMark.cpp', line: 601 },
  { program: 'vmlinux', file: 'fork.c', line: 2001 },
];
/** From 1 MB to 633 MB. */
const BY_SIZE: readonly Subject[] = [
  { program: 'lua-gcc12-O2-dw5', file: 'ltable.c', line: 551 },
  { program: 'sqlite3-gcc12-O2', file: 'sqlite3.c', line: 60000 },
  { program: 'emacs-temacs', file: 'alloc.c', line: 4007 },
  { program: 'libpython3.11d.so', file: 'ceval.c', line: 1800 },
  ...LARGE,
];
const ROWS: readonly string[] = ['libjvm.debug', 'emacs-temacs'];

export async function symbols(): Promise<void> {
  execFileSync(join(ROOT, 'node_modules/.bin/esbuild'), [
    join(BENCH, 'symbolsWorker.ts'),
    '--bundle',
    '--platform=node',
    '--external:ffi-rs',
    '--minify-syntax',
    '--minify-whitespace',
    '--log-level=warning',
    `--outfile=${WORKER}`,
  ]);
  const rows: string[][] = [];
  for (const subject of LARGE) await askLarge(subject, rows);
  for (const program of ROWS)
    rows.push(...rowsOf(`every is_stmt row, ${program}`, await compare(everyRow(program))));
  const bySize = await measureBySize(rows);
  writeFileSync(
    join(BENCH, 'symbols.md'),
    [
      '# Debug information: `npm run bench -- symbols`',
      '',
      `A fresh process for each question, page cache warm, ${cpus().length} CPUs; medians. \`node\` is a Node process that does nothing.`,
      '',
      ...table(['question', 'by', 'ms', 'fastest', 'MB', 'times as fast', 'answer'], rows),
      '',
      'Time of the first line by size of the file: ![](symbols.svg)',
      '',
    ].join('\n'),
  );
  writeFileSync(join(BENCH, 'symbols.svg'), bySize);
}

async function askLarge(subject: Subject, rows: string[][]): Promise<void> {
  const { program, file, line } = subject;
  const path = corpus(program);
  const address = addressOf(subject);
  const of = `${program}, ${file}:${line}`;
  rows.push(...rowsOf(`first line, ${of}`, await compare(firstLine(subject))));
  rows.push(
    ...rowsOf(
      `all lines of ${file}, ${program}`,
      await compare([
        ours('file', subject),
        gdb(path, `list ${file}:1`, `maint info line-table ${file}`),
        lldb(path, `image dump line-table ${file}`),
        ...stap(subject, '*'),
      ]),
    ),
  );
  rows.push(
    ...rowsOf(
      `variables at ${address}, ${program}`,
      await compare([
        ours('variables', subject),
        gdb(path, `info scope *${address}`),
        lldb(path, `image lookup -v -a ${address}`),
        ...stap(subject, String(line)),
      ]),
    ),
  );
  const further = await compare([ours('further', subject)]);
  const [measured] = further.values();
  rows.push([`a further line of ${of}`, OURS, Number(measured!.answer).toFixed(2), '', '', '', '']);
}

async function measureBySize(rows: string[][]): Promise<string> {
  const series = new Map<string, { x: number; y: number }[]>();
  for (const subject of BY_SIZE) {
    const megabytes = statSync(corpus(subject.program)).size / 1e6;
    const measured = await compare(firstLine(subject));
    if (!LARGE.includes(subject))
      rows.push(...rowsOf(`first line, ${subject.program} (${megabytes.toFixed(0)} MB)`, measured));
    for (const [name, { milliseconds }] of measured)
      series.set(name, [...(series.get(name) ?? []), { x: megabytes, y: milliseconds }]);
  }
  return plot({ x: 'size of the file, MB', y: 'first line, ms', series });
}

const firstLine = (subject: Subject): Contender[] => {
  const { program, file, line } = subject;
  const path = corpus(program);
  return [
    ours('line', subject),
    gdb(path, `break ${file}:${line}`),
    lldb(path, `breakpoint set -f ${file} -l ${line}`),
    ...stap(subject, String(line)),
    { name: 'node', command: process.execPath, args: ['-e', '0'] },
  ];
};

function everyRow(program: string): Contender[] {
  const path = corpus(program);
  const contenders = [
    ours('rows', { program, file: '', line: 0 }),
    gdb(path, 'maint expand-symtabs', 'maint info line-table'),
  ];
  // Of a large file it takes a quarter of an hour.
  if (LARGE.every((subject) => subject.program !== program))
    contenders.push({
      name: 'eu-readelf',
      command: 'eu-readelf',
      args: ['--debug-dump=decodedline', path],
    });
  return contenders;
}

const OURS = 'sourcetap';

const ours = (what: string, { program, file, line }: Subject): Contender => ({
  name: OURS,
  command: process.execPath,
  args: [WORKER, what, corpus(program), file, String(line)],
});

const gdb = (path: string, ...commands: string[]): Contender => ({
  name: 'gdb',
  command: 'gdb',
  args: ['-nx', '-batch', ...commands.flatMap((command) => ['-ex', command]), path],
});

const lldb = (path: string, command: string): Contender => ({
  name: 'lldb',
  command: 'lldb',
  args: ['-b', '-o', command, path],
});

/**
 * Statements and their variables, of the one program here that it takes as it is. Of the kernel that it would make a module for it wants to know no
 * more than this, and takes CONFIG_UTRACE for a sign of uprobes.
 */
function stap({ program, file }: Subject, lines: string): Contender[] {
  if (program !== 'libjvm.debug') return [];
  const kernel = join(OUT, 'kernel');
  mkdirSync(join(kernel, 'include/config'), { recursive: true });
  writeFileSync(join(kernel, '.config'), 'CONFIG_MODULES=y\nCONFIG_UPROBES=y\nCONFIG_UTRACE=y\n');
  writeFileSync(join(kernel, 'include/config/kernel.release'), `${release()}\n`);
  for (const empty of ['Makefile', 'Module.symvers']) writeFileSync(join(kernel, empty), '');
  const probe = `process("${corpus(program)}").statement("*@${file}:${lines}")`;
  return [{ name: 'stap', command: 'stap', args: ['-r', kernel, '-L', probe] }];
}

function addressOf({ program, file, line }: Subject): string {
  const output = execFileSync(process.execPath, [WORKER, 'line', corpus(program), file, String(line)], {
    encoding: 'utf8',
  });
  const [first] = JSON.parse(output) as string[];
  return `0x${BigInt.asUintN(64, first!.startsWith('-') ? -BigInt(`0x${first!.slice(1)}`) : BigInt(`0x${first!}`)).toString(16)}`;
}

function rowsOf(question: string, measured: ReadonlyMap<string, Measured>): string[][] {
  const own = measured.get(OURS)!;
  return Array.from(measured, ([name, { milliseconds, fastest, megabytes, answer }]) => [
    question,
    name,
    milliseconds.toFixed(0),
    fastest.toFixed(0),
    megabytes.toFixed(0),
    name === OURS || name === 'node' ? '' : (milliseconds / own.milliseconds).toFixed(1),
    name === OURS && answer.length <= MAX_ANSWER ? answer : '',
  ]);
}

const MAX_ANSWER = 60;
