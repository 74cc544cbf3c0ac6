/** A DAP client on the adapter's stdio: sends requests, collects what comes, writes it all down. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join, resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';

const SOURCES = ['--import', 'tsx', resolve(__dirname, '../../adapter/main.ts')];
const CLI = process.env['SOURCETAP_CLI'];
const ADAPTER = CLI ? [join(dirname(CLI), 'adapter.js')] : SOURCES;

/** The messages of DAP, their bodies to be looked at with care. */
export interface Response {
  readonly type: 'response';
  readonly request_seq: number;
  readonly command: string;
  readonly success: boolean;
  readonly message?: string;
  readonly body: unknown;
}
export interface Event {
  readonly type: 'event';
  readonly event: string;
  readonly body: unknown;
}
export interface Request {
  readonly type: 'request';
  readonly seq: number;
  readonly command: string;
  readonly arguments: unknown;
}
export type Message = Response | Event | Request;

export class DapClient {
  readonly process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly messages: Message[] = [];
  /** Answers to the adapter's own requests, by command. */
  readonly reverse = new Map<string, (args: unknown) => object>();
  stderr = '';
  private readonly closed: Promise<unknown>;
  private readonly watchers = new Set<() => void>();
  private pending: Buffer = Buffer.alloc(0);
  private seq = 1;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.process = spawn(process.execPath, ADAPTER, { stdio: ['pipe', 'pipe', 'pipe'], env });
    this.process.stdout.on('data', (data: Buffer) => {
      this.take(data);
    });
    this.process.stderr.on('data', (data: Buffer) => (this.stderr += data.toString()));
    this.process.stdin.on('error', () => undefined);
    this.closed = once(this.process, 'close').then(() => {
      for (const watcher of this.watchers) watcher();
    });
  }

  /** The response, also when it says that the request failed. */
  async request(command: string, args?: object): Promise<Response> {
    const seq = this.seq++;
    this.send({ type: 'request', seq, command, ...(args && { arguments: args }) });
    return this.until(
      (message): message is Response => message.type === 'response' && message.request_seq === seq,
    );
  }

  event(name: string, fits: (body: never) => boolean = () => true): Promise<Event> {
    return this.until(
      (message): message is Event =>
        message.type === 'event' && message.event === name && fits(message.body as never),
    );
  }

  events(name: string): Event[] {
    return this.messages.filter(
      (message): message is Event => message.type === 'event' && message.event === name,
    );
  }

  /** Text of the output events of a category. */
  output(category: string): string {
    return this.events('output')
      .map((event) => event.body as { category: string; output: string })
      .filter((body) => body.category === category)
      .map((body) => body.output)
      .join('');
  }

  /** Waits for the adapter's end and gives its exit status. */
  async end(): Promise<number | null> {
    await this.closed;
    return this.process.exitCode;
  }

  private until<T extends Message>(fits: (message: Message) => message is T): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.messages.find(fits);
        const over = this.process.exitCode !== null || this.process.signalCode !== null;
        if (!found && !over) return;
        this.watchers.delete(look);
        if (found) resolve(found);
        else reject(new Error(`the adapter ended: ${this.stderr}`));
      };
      this.watchers.add(look);
      look();
    });
  }

  private send(message: object): void {
    const json = JSON.stringify(message);
    this.process.stdin.write(`Content-Length: ${String(Buffer.byteLength(json))}\r\n\r\n${json}`);
  }

  private take(data: Buffer): void {
    this.pending = Buffer.concat([this.pending, data]);
    for (;;) {
      const head = this.pending.indexOf('\r\n\r\n');
      if (head < 0) break;
      const length = Number(/Content-Length: (\d+)/.exec(this.pending.toString('latin1', 0, head))![1]);
      if (this.pending.length < head + 4 + length) break;
      this.receive(JSON.parse(this.pending.toString('utf8', head + 4, head + 4 + length)) as Message);
      this.pending = this.pending.subarray(head + 4 + length);
    }
    for (const watcher of [...this.watchers]) watcher();
  }

  private receive(message: Message): void {
    this.messages.push(message);
    if (message.type !== 'request') return;
    const { seq, command, arguments: args } = message;
    const answer = this.reverse.get(command);
    const response = { type: 'response', seq: this.seq++, request_seq: seq, command };
    this.send(answer ? { ...response, success: true, body: answer(args) } : { ...response, success: false });
  }
}
