import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FIXTURES, probeLine } from '../fixtures/build';
import { needsKernel } from './available';
import { Target, Tracing, type Summary, type Trace } from './sourcetap';

const PLUGIN = `plugin.c:${String(probeLine('plugin.c', 'work'))}`;
const OWN = `modules.c:${String(probeLine('modules.c', 'own'))}`;

/** A modules.c that is told what to do, and says when it has done it. */
class Host extends Target {
  async tell(command: string, answer: string): Promise<void> {
    const before = this.output.length;
    this.process.stdin.write(`${command}\n`);
    while (!this.output.slice(before).includes(answer)) {
      if (this.process.exitCode !== null) throw new Error(`the target ended: ${this.output}`);
      await new Promise((done) => setTimeout(done, 2));
    }
  }
}

describe('modules of a process', function () {
  let directory: string;
  const hosts: Host[] = [];
  before(needsKernel);
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sourcetap-modules-'));
    build('modules.c', 'host', '-rdynamic');
    plugin('plugin.so');
  });
  afterEach(() => {
    for (const host of hosts.splice(0)) host.process.kill('SIGKILL');
    rmSync(directory, { recursive: true });
  });

  const at = (name: string): string => join(directory, name);
  function build(source: string, name: string, ...flags: string[]): string {
    execFileSync('gcc', ['-g', join(FIXTURES, source), '-o', at(name), ...flags], { cwd: directory });
    return at(name);
  }
  const plugin = (name: string, version = 1): string =>
    build('plugin.c', name, '-shared', '-fPIC', '-Wl,--build-id', `-DVERSION=${String(version)}`);
  async function start(program = at('host'), ...args: string[]): Promise<Host> {
    const host = new Host(program, ...args);
    hosts.push(host);
    await host.printed(/ready/);
    return host;
  }
  /** Until the tracing has said this on its standard error so often. */
  async function said(tracing: Tracing, words: RegExp, times = 1): Promise<void> {
    while ([...tracing.said.matchAll(words)].length < times) {
      assert.equal(tracing.process.exitCode, null, tracing.said);
      await new Promise((done) => setTimeout(done, 2));
    }
  }
  async function stop(tracing: Tracing): Promise<Trace & { readonly summary: Summary }> {
    tracing.process.kill('SIGINT');
    const trace = await tracing.end();
    assert.equal(trace.status, 0, trace.stderr);
    return { ...trace, summary: trace.summaries[0]! };
  }

  it('are traced when they are loaded, not while they are unloaded, and again at another address', async () => {
    const host = await start();
    const tracing = new Tracing(PLUGIN, '--log', 'm={m}', '--pending', '--pid', String(host.pid));
    await host.tell(`load ${at('plugin.so')}`, 'loaded');
    await tracing.armed();
    await host.tell('call 3', 'called');
    await host.tell('unload', 'unloaded');
    await said(tracing, /plugin\.so was unloaded/g);
    // What was the library's place is taken.
    await host.tell(`load ${plugin('other.so', 2)}`, 'loaded');
    await said(tracing, /tracing .* again/g);
    await host.tell('call 4', 'called');
    await host.tell(`load ${at('plugin.so')}`, 'loaded');
    await host.tell('call 1', 'called');
    const { hits, summary, armed } = await stop(tracing);
    assert.deepEqual(
      armed.map(({ sites }) => sites),
      [1],
      'once, when the probes are in',
    );
    assert.equal(summary.hits, hits.length);
    assert.ok(hits.length >= 7);
    assert.deepEqual(
      hits.slice(0, 7).map(({ message }) => message),
      ['m=0', 'm=2', 'm=4', 'm=0', 'm=2', 'm=4', 'm=6'],
    );
  });

  it('are traced again after they were rebuilt, in place and by another file', async () => {
    const host = await start();
    const tracing = new Tracing(PLUGIN, '--log', 'm={m}', '--pending', '--pid', String(host.pid));
    const replacements = [
      () => undefined,
      () => {
        copyFileSync(plugin('fresh.so', 2), at('plugin.so'));
      },
      () => {
        renameSync(plugin('fresh.so', 1), at('plugin.so'));
      },
    ];
    for (const [i, replace] of replacements.entries()) {
      replace();
      await host.tell(`load ${at('plugin.so')}`, 'loaded');
      if (i === 0) await tracing.armed();
      else await said(tracing, /tracing .* again/g, i);
      await host.tell('call 5', 'called');
      await host.tell('unload', 'unloaded');
      await said(tracing, /plugin\.so was unloaded/g, i + 1);
    }
    const { summary } = await stop(tracing);
    assert.equal(summary.hits, 15);
  });

  it('are traced as they were when their files have been deleted or replaced', async () => {
    for (const spoil of [
      () => {
        unlinkSync(at('plugin.so'));
      },
      () => {
        renameSync(plugin('fresh.so', 2), at('plugin.so'));
      },
    ]) {
      plugin('plugin.so');
      const host = await start();
      await host.tell(`load ${at('plugin.so')}`, 'loaded');
      spoil();
      const tracing = new Tracing(PLUGIN, '--log', 'm={m}', '--pid', String(host.pid));
      await tracing.armed();
      await host.tell('call 3', 'called');
      const { hits } = await stop(tracing);
      assert.deepEqual(
        hits.map(({ message }) => message),
        ['m=0', 'm=2', 'm=4'],
      );
    }
  });

  it('are traced from their first call on where the program is linked with them', async () => {
    build('plugin.c', 'libneeded.so', '-shared', '-fPIC', '-DVERSION=1', '-Dwork=needed');
    const program = build('modules.c', 'linked', '-DNEEDED', '-L.', '-lneeded', '-Wl,-rpath,$ORIGIN');
    const tracing = new Tracing(PLUGIN, '--log', 'm={m}', '--program', program);
    tracing.process.stdin.end();
    const { hits, status, stderr } = await tracing.end();
    assert.equal(status, 0, stderr);
    assert.deepEqual(
      hits.map(({ message, function: name }) => [message, name]),
      [['m=2', 'needed']],
    );
  });

  it('belong to the process alone: its children are not counted', async () => {
    const host = await start();
    const tracing = new Tracing(OWN, '--count', '--pid', String(host.pid));
    await tracing.armed();
    await host.tell('fork 50', 'called');
    await host.tell('call 3', 'called');
    await host.tell('fork 50', 'called');
    assert.equal((await stop(tracing)).summary.hits, 3);
  });

  it('belong to every process of a program with --all, children too', async () => {
    const host = await start();
    const tracing = new Tracing(OWN, '--count', '--all', at('host'));
    await tracing.armed();
    await host.tell('fork 50', 'called');
    await host.tell('call 3', 'called');
    assert.equal((await stop(tracing)).summary.hits, 53);
  });

  it('are those of a program alone where every process of it is traced, whoever else has its libraries', async () => {
    const other = build('modules.c', 'other', '-rdynamic');
    const [host, stranger] = [await start(), await start(other)];
    for (const one of [host, stranger]) await one.tell(`load ${at('plugin.so')}`, 'loaded');
    const tracing = new Tracing(PLUGIN, '--log', 'm={m}', '--all', at('host'));
    await tracing.armed();
    await stranger.tell('call 7', 'called');
    await host.tell('fork 2', 'called');
    await host.tell('call 3', 'called');
    const late = await start();
    await late.tell(`load ${at('plugin.so')}`, 'loaded');
    await late.tell('call 1', 'called');
    await stranger.tell('fork 7', 'called');
    const { hits, summary } = await stop(tracing);
    assert.deepEqual(
      hits.map(({ message }) => message),
      ['m=0', 'm=2', 'm=0', 'm=2', 'm=4', 'm=0'],
    );
    assert.equal(summary.hits, 6);
    const pids = new Set(hits.map(({ pid }) => pid));
    assert.equal(pids.size, 3);
    assert.ok(!pids.has(stranger.pid));
  });

  it('are left alone where every process of a program is traced, and its file is overwritten', async () => {
    const tracing = new Tracing(OWN, '--count', '--all', at('host'));
    await tracing.armed();
    const before = await start();
    await before.tell('call 2', 'called');
    before.process.kill('SIGKILL');
    await before.end();
    copyFileSync(build('modules.c', 'other', '-rdynamic', '-O2', '-Down=another'), at('host'));
    const { status, stderr, summaries } = await tracing.end();
    assert.equal(status, 0);
    assert.match(stderr, /host was written to: its probes are out/);
    assert.equal(summaries[0]!.hits, 2);
    await (await start()).tell('call 5', 'called');
  });

  it('are those of the own user alone without root', async function () {
    const cli = process.env['SOURCETAP_CLI'] ?? '';
    if (cli === '') return this.skip(); // the sources need a loader that another user may not read
    chmodSync(directory, 0o755);
    const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups'];
    const capable = ['--inh-caps=+bpf,+perfmon', '--ambient-caps=+bpf,+perfmon'];
    const [roots, own] = [await start(), await start('setpriv', ...nobody, at('host'))];
    const trace = ['trace', '--json', OWN, '--count', '--all', at('host')];
    const tracing = spawn('setpriv', [...nobody, ...capable, process.execPath, cli, ...trace], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [tracing.stdout, tracing.stderr])
      stream.on('data', (data: Buffer) => (said += data.toString()));
    const ended = once(tracing, 'close');
    while (!said.includes('"armed"')) {
      assert.equal(tracing.exitCode, null, said);
      await new Promise((done) => setTimeout(done, 5));
    }
    await roots.tell('call 5', 'called');
    await own.tell('call 3', 'called');
    await own.tell('hide', 'hidden');
    await own.tell('call 7', 'called');
    tracing.kill('SIGINT');
    await ended;
    assert.match(said, /"hits":3,/);
    chmodSync(at('host'), 0o4755);
    const refused = spawnSync('setpriv', [...nobody, ...capable, process.execPath, cli, ...trace], {
      cwd: '/',
      encoding: 'utf8',
    });
    assert.match(refused.stderr, /host runs as another user \(set-user-ID\): probing it needs root/);
  });

  it('are waited for where every process of a program is traced, and none runs', async () => {
    const tracing = new Tracing(PLUGIN, '--log', 'm={m}', '--pending', '--all', at('host'));
    const host = await start();
    await host.tell(`load ${at('plugin.so')}`, 'loaded');
    await tracing.armed();
    await host.tell('call 2', 'called');
    assert.equal((await stop(tracing)).summary.hits, 2);
  });

  it('are those of another program after exec, and said to be', async () => {
    const host = await start();
    const other = build('modules.c', 'other', '-rdynamic', '-Down=another');
    const tracing = new Tracing('own', '--count', '--pid', String(host.pid));
    await tracing.armed();
    await host.tell('call 4', 'called');
    await host.tell(`exec ${other}`, `ready 1 ${other}`);
    await said(tracing, /sourcetap: own: The process has become \S*\/other by exec/g);
    await host.tell('call 5', 'called');
    await host.tell(`exec ${at('host')}`, `ready 1 ${at('host')}`);
    await said(tracing, /tracing own again/g);
    await host.tell('call 6', 'called');
    const { summary, stderr } = await stop(tracing);
    assert.equal(summary.hits, 10);
    assert.match(stderr, /^sourcetap: The process has become \S*\/other by exec\.$/m);
  });

  it('are those of another program when a launched one becomes it', async () => {
    const other = build('modules.c', 'other', '-rdynamic');
    const tracing = new Tracing(OWN, '--count', '--program', at('host'));
    await tracing.armed();
    tracing.process.stdin.write(`call 2\nexec ${other}\n`);
    await said(tracing, /The process has become \S*\/other by exec/g);
    await said(tracing, /tracing .* again/g);
    tracing.process.stdin.end('call 3\n');
    const { summaries, status } = await tracing.end();
    assert.equal(status, 0);
    assert.equal(summaries[0]!.hits, 5);
  });
});
