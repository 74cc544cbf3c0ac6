/** `trace` of a launch configuration: every message between client and adapter, as a line in the client's console. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { visibleStart } from '../inertText';
import type { CommonArguments } from '../protocol';

type Message = DebugProtocol.ProtocolMessage;
interface StartRequest extends Message {
  readonly command: string;
  readonly arguments?: CommonArguments;
}

export class ProtocolTrace {
  private isOn = false;

  /** @param tell not traced itself */
  constructor(private readonly tell: (event: DebugProtocol.OutputEvent) => void) {}

  received(message: Message): void {
    const { command, arguments: args } = message as Partial<StartRequest>;
    const isStart = command === 'launch' || command === 'attach';
    this.isOn ||= isStart && args?.trace === true;
    this.note('From client', message);
  }

  sent(message: Message): void {
    this.note('To client', message);
  }

  private note(way: string, message: Message): void {
    if (!this.isOn) return;
    const output = `${way}: ${visibleStart(JSON.stringify(message), MAX_LINE)}\n`;
    this.tell({ type: 'event', seq: 0, event: 'output', body: { category: 'console', output } });
  }
}

/** Characters. */
const MAX_LINE = 2000;
