/** What a client and the adapter said to each other, as text that is the same on every run. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { UpdateBody } from '../../adapter/protocol';
import type { DapClient, Response } from './dapClient';

const ROOT = resolve(__dirname, '../..');
const GOLDEN = resolve(ROOT, 'test/golden/dap');

export class Transcript {
  private readonly lines: string[] = [];
  private written = 0;
  private printed = '';

  /** @param names texts that change from run to run, and what stands for them. */
  constructor(
    readonly client: DapClient,
    private readonly names: Readonly<Record<string, string>> = {},
  ) {}

  /** Sends a request; writes it, its response, and the events that came before that. */
  async request(command: string, args?: object): Promise<Response> {
    this.note('->', command, args);
    const response = await this.client.request(command, args);
    this.writeReceived();
    return response;
  }

  async event(name: string): Promise<void> {
    await this.client.event(name);
    this.writeReceived();
  }

  /** Compares with test/golden/dap/`name`.txt; writes that with UPDATE_GOLDEN=1. */
  check(name: string): void {
    this.writeReceived();
    if (this.printed !== '') this.note('<-', 'the program printed', { text: this.printed });
    const path = resolve(GOLDEN, `${name}.txt`);
    const text = this.lines.join('\n') + '\n';
    if (process.env['UPDATE_GOLDEN'] || !existsSync(path)) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    assert.equal(text, readFileSync(path, 'utf8'));
  }

  /**
   * In order, but for what depends on time: of updates only the final ones count, and what the program prints comes
   * last.
   */
  private writeReceived(): void {
    const fresh = this.client.messages.slice(this.written);
    this.written = this.client.messages.length;
    for (const message of fresh) {
      if (message.type === 'response') {
        const { command, success, body, message: text } = message;
        this.note(
          '<-',
          `${command} ${success ? 'ok' : 'failed'}`,
          success ? (body as object) : { message: text },
        );
      } else if (message.type === 'event') {
        const { event, body } = message;
        const { category, output } = (body ?? {}) as { category?: string; output?: string };
        if (event === 'output' && category !== 'console') this.printed += output!;
        else if (event === 'sourcetap/update') this.noteFinal(body as UpdateBody);
        else this.note('<-', `event ${event}`, body as object);
      } else {
        const { command, arguments: args } = message;
        this.note('<-', `request ${command}`, args as object);
      }
    }
  }

  private noteFinal({ tracepoints }: UpdateBody): void {
    const final = tracepoints
      .filter(({ state }) => state === 'ended')
      // These depend on when this fixture was built, and on how long it ran.
      .map((view) => ({ ...view, isSourceNewer: undefined, cost: undefined }));
    if (final.length > 0) this.note('<-', 'event sourcetap/update', { tracepoints: final });
  }

  private note(arrow: string, what: string, body?: object): void {
    const text = body && Object.keys(body).length > 0 ? ` ${JSON.stringify(body, null, 2)}` : '';
    this.lines.push(this.normal(`${arrow} ${what}${text}`));
  }

  private normal(text: string): string {
    let normal = text;
    for (const [changing, name] of Object.entries({ ...this.names, [ROOT]: '$ROOT' }))
      normal = normal.replaceAll(changing, name);
    return normal.replace(/0x[0-9a-f]{5,}/g, '$ADDRESS').replace(/"(pid|tid|time)": \d+/g, '"$1": $N');
  }
}
