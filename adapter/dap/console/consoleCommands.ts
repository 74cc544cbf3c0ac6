/** What is written into the Debug Console: a command by its first word, otherwise an expression. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import { visibleText } from '../../inertText';
import { expectNothing, type Command, type ConsoleSession } from './command';
import { count, reset, top } from './counts';
import { hist } from './hist';
import { hits, last } from './hits';
import { limits } from './limits';
import { textTable } from './textTable';

const help: Command = {
  name: 'help',
  parameters: '',
  summary: 'these commands',
  run(argument) {
    expectNothing('help', argument);
    return [
      ...textTable(
        [{ title: '' }, { title: '' }],
        COMMANDS.map(({ name, parameters, summary }) => [`${name} ${parameters}`, summary]),
      ),
      'Anything else is an expression of a log message, and shows its value in the last hit. Braces make an expression of what would be a command: {count}, or (count).',
    ];
  },
};

const COMMANDS: readonly Command[] = [help, count, hits, top, hist, last, reset, limits];

export interface CommandCompletions {
  readonly targets: DebugProtocol.CompletionItem[];
  /** It is a command's argument that is being written: nothing else belongs there. */
  readonly isArgument: boolean;
}

export class ConsoleCommands {
  constructor(private readonly session: ConsoleSession) {}

  /** Undefined for what is no command. @throws RequestError, ExpressionError */
  async run(text: string): Promise<string | undefined> {
    const [, name, argument] = /^\s*(\w+)(?:\s+(.*?))?\s*$/s.exec(text) ?? [];
    const command = COMMANDS.find((one) => one.name === name);
    if (!command) return undefined;
    const lines = await command.run(argument ?? '', this.session);
    return lines.map(visibleText).join('\n');
  }

  /** @param before the text before the cursor */
  complete(before: string): CommandCompletions {
    const [, indent, word, gap, argument] = /^(\s*)(\w*)(?:(\s+)(.*))?$/s.exec(before) ?? [];
    if (indent === undefined || word === undefined) return { targets: [], isArgument: false };
    if (gap === undefined || argument === undefined)
      return {
        targets: COMMANDS.filter(({ name }) => name.startsWith(word)).map(({ name, summary }) => ({
          ...item(name, indent.length, word.length),
          type: 'keyword',
          detail: summary,
        })),
        isArgument: false,
      };
    const command = COMMANDS.find(({ name }) => name === word);
    const start = before.length - argument.length;
    const found = command?.suggest?.(this.session).filter((text) => text.startsWith(argument)) ?? [];
    return {
      targets: found.map((text) => ({ ...item(text, start, argument.length), type: 'value' })),
      isArgument: command !== undefined,
    };
  }
}

/** As `completionItem`: `start` counts from 0. */
const item = (label: string, start: number, length: number) => ({ label, start, length });

/** The expression that is written, in the Debug Console also as a log message has it, `{n}`, or a name in parentheses. */
export function writtenExpression(text: string): string {
  const trimmed = text.trim();
  const [, inBraces, inParentheses] = /^(?:\{(.*)\}|\(\s*(\w+)\s*\))$/s.exec(trimmed) ?? [];
  return (inBraces ?? inParentheses ?? trimmed).trim();
}
