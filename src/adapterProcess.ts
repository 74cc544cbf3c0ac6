/**
 * A debug adapter on its standard input and output. It outlives its session, so that the hits that it remembers can still
 * be looked at; its probes are out by then.
 */
import * as vscode from 'vscode';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { DisconnectExtension, Preset } from '../adapter/protocol';
import { answerOut, argumentsIn, eventOut } from './model/messageLines';
import { framed, MessageStream } from './model/messageStream';
import type { ProgramLines } from './model/programLines';

interface Message {
  type: 'request' | 'response' | 'event';
  seq: number;
  command?: string;
  arguments?: unknown;
  request_seq?: number;
  success?: boolean;
  message?: string;
  body?: unknown;
  event?: string;
}

/** In place of an event's body. */
export interface Held {
  readonly held: number;
}

/** A request that has no answer yet, in the editor's lines. */
interface Asked {
  readonly command: string;
  readonly args: unknown;
}
interface Waiting extends Asked {
  resolve: (body: unknown) => void;
  reject: (error: Error) => void;
}

export class AdapterProcess extends vscode.Disposable implements vscode.DebugAdapter {
  readonly #child: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #received = new vscode.EventEmitter<vscode.DebugProtocolMessage>();
  readonly onDidSendMessage = this.#received.event;
  readonly #gone = new vscode.EventEmitter<void>();
  readonly onDidExit = this.#gone.event;
  /** VS Code's. */
  readonly #open = new Map<number, Asked>();
  readonly #own = new Map<number, Waiting>();
  /** Of events that VS Code is being told of. */
  readonly #bodies = new Map<number, unknown>();
  /** For all adapters: a session has another one after a restart. */
  static #nextHeld = 0;
  #nextOwn = FIRST_OWN;
  #said = '';
  #disconnected = false;
  #isAttached = false;
  /** Why there is no adapter any more. */
  #over: string | undefined;
  /** The session has ended. */
  released = false;

  /**
   * @param presets of the tracepoints, when the session starts
   * @param lines of the program, which is all that the adapter knows; all others speak of those of the editor, but in events of our own
   */
  constructor(
    command: string,
    args: readonly string[],
    private readonly presets: () => Preset[],
    private readonly lines: ProgramLines,
  ) {
    super(() => {
      this.#release();
    });
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const stream = new MessageStream((message) => {
      this.#take(message as Message);
    });
    this.#child.stdout.on('data', (data: Buffer) => {
      stream.push(data);
    });
    this.#child.stderr.on(
      'data',
      (data: Buffer) => (this.#said = `${this.#said}${String(data)}`.slice(-MAX_SAID)),
    );
    this.#child.stdin.on('error', () => undefined);
    this.#child.on('error', (error) => {
      this.#end(error.message);
    });
    this.#child.on('close', () => {
      this.#end(this.#said.trim());
    });
  }

  handleMessage(message: vscode.DebugProtocolMessage): void {
    const { type, seq, command = '', arguments: args } = message as Message;
    if (type !== 'request') return this.#send(message);
    if (this.#over !== undefined) return this.#refuse(seq, command, this.#over);
    this.#open.set(seq, { command, args });
    if (command === 'disconnect') this.#disconnected = true;
    const added = this.#added(command);
    const all = added ? { ...(args as object), ...added } : args;
    this.#send({ ...message, arguments: argumentsIn(command, all, this.lines) });
  }

  /** What a request of VS Code lacks. */
  #added(command: string): object | undefined {
    if (command === 'disconnect') return { keepHits: true } satisfies DisconnectExtension;
    // Not in the configuration: a restart has that of the first start.
    return command === 'launch' || command === 'attach' ? { presets: this.presets() } : undefined;
  }

  /** Of our own; rejects with the adapter's words. */
  request(command: string, args: object): Promise<unknown> {
    const seq = this.#nextOwn++;
    return new Promise((resolve, reject) => {
      if (!this.#child.stdin.writable) return reject(new Error('The session has ended.'));
      this.#own.set(seq, { command, args, resolve, reject });
      this.#send({ type: 'request', seq, command, arguments: argumentsIn(command, args, this.lines) });
    });
  }

  /**
   * What came with an event of our own that VS Code told of. It stays here meanwhile: VS Code gets the number alone, so that the
   * window need not carry thousands of values a second there and back.
   */
  takeBody({ held }: Held): unknown {
    const body = this.#bodies.get(held);
    this.#bodies.delete(held);
    return body;
  }

  /** VS Code does not need it any more. */
  #release(): void {
    this.released = true;
    this.#bodies.clear();
    if (!this.#disconnected) this.end();
  }

  /** The adapter ends when its input does, as whichever user it runs. */
  end(): void {
    this.#child.stdin.end();
  }

  #send(message: object): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(framed(message));
  }

  #take(message: Message): void {
    if (message.type === 'response') {
      const waiting = this.#own.get(message.request_seq!);
      if (waiting) {
        this.#own.delete(message.request_seq!);
        if (message.success === true) return waiting.resolve(this.#answered(waiting, message.body));
        return waiting.reject(new Error(message.message ?? 'The debug adapter refused.'));
      }
    }
    if (!this.released) this.#received.fire(this.#translated(message));
  }

  #translated(message: Message): Message {
    const { type, event = '', request_seq: seq, success, body } = message;
    if (isOwn(message)) return this.#withheld(message);
    if (type === 'event') return { ...message, body: eventOut(event, body, this.lines) };
    const asked = type === 'response' ? this.#open.get(seq!) : undefined;
    if (!asked) return message;
    this.#open.delete(seq!);
    this.#isAttached ||= success === true && asked.command === 'attach';
    return success === true ? { ...message, body: this.#answered(asked, body) } : message;
  }

  #answered({ command, args }: Asked, body: unknown): unknown {
    return answerOut(command, body, args, this.lines);
  }

  #withheld(message: Message): Message {
    const body: Held = { held: AdapterProcess.#nextHeld++ };
    this.#bodies.set(body.held, message.body);
    return { ...message, body };
  }

  /** What still waits for an answer gets one. */
  #end(reason: string): void {
    const isNews = this.#over === undefined && !this.#disconnected;
    // The first reason is the cause.
    const text = (this.#over ??= `The debug adapter ended${reason === '' ? '.' : `: ${reason}`}`);
    for (const { reject } of this.#own.values()) reject(new Error(text));
    this.#own.clear();
    for (const [seq, { command }] of this.#open) this.#refuse(seq, command, text);
    if (isNews) {
      const left = this.#isAttached ? 'Its probes are out, and the program runs on. ' : '';
      const output = `${text}\n${left}Start the session again to go on.\n`;
      this.#take({ type: 'event', seq: 0, event: 'output', body: { category: 'important', output } });
      this.#take({ type: 'event', seq: 0, event: 'terminated' });
    }
    this.#disconnected = true;
    this.#gone.fire();
  }

  #refuse(seq: number, command: string, message: string): void {
    this.#take({ type: 'response', seq: 0, request_seq: seq, command, success: false, message });
  }
}

const isOwn = ({ type, event }: Message): boolean => type === 'event' && event!.startsWith('sourcetap/');

/** VS Code counts its requests from 1. */
const FIRST_OWN = 1 << 30;
/** Characters of what the adapter said last on its standard error. */
const MAX_SAID = 4096;
