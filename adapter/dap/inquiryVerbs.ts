/** The verbs that ask: for values, for what may be written, for places in the source. */
import { basename } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { contextsAt } from '../engine/inquiry';
import { searchModules } from '../engine/moduleSearch';
import { hasSource } from '../engine/sourceName';
import { ExpressionError } from '../expression/expressionError';
import { visibleText } from '../inertText';
import { ADDED_LINE, gapInWords } from '../messages';
import {
  CHECK_REQUEST,
  COMPLETE_REQUEST,
  HAS_SOURCE_REQUEST,
  LINES_REQUEST,
  type CompleteArguments,
  type CompleteResponseBody,
  type Draft,
  type HasSourceArguments,
  type HasSourceResponseBody,
  type LinesArguments,
  type LinesResponseBody,
} from '../protocol';
import { FileClosedError } from '../sys/file';
import { breakpointLocations } from './breakpointLocations';
import { writtenExpression } from './console/consoleCommands';
import type { Conversation } from './conversation';
import { complete, completionItem, lineProblem, typeNameAt } from './inquiries';
import { isAdded, type Positions } from './positions';
import { probeableLines } from './probeableLines';
import { refusalMessage, RequestError } from './requestError';
import type { TraceSession } from './traceSession';

export const inquiryVerbs = (session: Conversation) => ({
  evaluate: async (args: DebugProtocol.EvaluateArguments) => {
    const trace = await session.begun;
    if (args.context !== 'repl') return valueOf(trace, args.expression.trim(), args, session.positions);
    try {
      const answer = await trace.commands.run(args.expression);
      if (answer !== undefined) return { result: answer, variablesReference: 0 };
      const expression = writtenExpression(args.expression);
      return withHelp(() => valueOf(trace, expression, args, session.positions));
    } finally {
      trace.holdConsole();
    }
  },
  completions: async ({ text, column }: DebugProtocol.CompletionsArguments) => {
    const trace = await session.begun;
    const offset = session.positions.column(column) - 1;
    const { targets, isArgument } = trace.commands.complete(text.slice(0, offset));
    if (isArgument) return { targets };
    try {
      const items = complete({ field: 'condition', text, offset }, trace.contexts(undefined));
      return { targets: [...targets, ...items.map(completionItem)] };
    } catch (error) {
      // After the end of the program there are its commands, and what has been read of it.
      if (error instanceof FileClosedError) return { targets };
      throw error;
    }
  },
  [COMPLETE_REQUEST]: async (args: CompleteArguments): Promise<CompleteResponseBody> => {
    const informant = await session.informant;
    if (typeof args.text !== 'string' || !Number.isSafeInteger(args.offset))
      throw new RequestError('"text" is what is being written, and "offset" where in it the cursor is.');
    const where = session.positions.lineOf(args);
    const source = informant.lineSource(where.file);
    return { items: source ? complete(args, contextsAt(where, source.modules, source.sourceMap)) : [] };
  },
  [CHECK_REQUEST]: async (args: Draft) => {
    const informant = await session.informant;
    if (isAdded(args.line)) return { problems: [lineProblem(ADDED_LINE)], notes: [], sites: 0 };
    return informant.check(session.positions.lineOf(args), args);
  },
  [HAS_SOURCE_REQUEST]: async ({ path }: HasSourceArguments): Promise<HasSourceResponseBody> => {
    const source = (await session.informant).lineSource(path);
    return { hasSource: source !== undefined && hasSource(source.modules, source.sourceMap, path) };
  },
  loadedSources: async () => {
    const trace = await session.begun;
    const { found } = searchModules(trace.target.modules, ({ debug }) => debug?.lines.files());
    const files = found.flat().slice(0, MAX_SOURCES);
    const paths = [...new Set(files.map((file) => trace.sourceMap.toEditor(file)))];
    return { sources: paths.map((path) => ({ name: visibleText(basename(path)), path })) };
  },
  breakpointLocations: async (args: DebugProtocol.BreakpointLocationsArguments) => {
    const { path } = args.source;
    const range = session.positions.rangeOf(args);
    const informant = await session.informant;
    if (path === undefined) throw new RequestError('The source has no path.');
    const source = informant.lineSource(path);
    const found = source ? breakpointLocations(path, range, source.modules, source.sourceMap) : [];
    return { breakpoints: found.map((place) => session.positions.out(place)) };
  },
  [LINES_REQUEST]: async ({ path, first, last }: LinesArguments): Promise<LinesResponseBody> => {
    const from = session.positions.lineOf({ path, line: first });
    const to = session.positions.lineOf({ path, line: last });
    const source = (await session.informant).lineSource(path);
    const lines = source ? await probeableLines(path, from.line, to.line, source) : [];
    return { lines: lines.map((one) => session.positions.out(one)) };
  },
});

/** Of the last hit that has one. @throws RequestError */
function valueOf(
  trace: TraceSession,
  expression: string,
  args: DebugProtocol.EvaluateArguments,
  positions: Positions,
): DebugProtocol.EvaluateResponse['body'] {
  const value = trace.evaluate(expression);
  if (!value) return typeAlone(trace, expression, args, positions);
  const result = 'value' in value ? visibleText(value.value) : gapInWords(value.unavailable);
  return { result, type: visibleText(value.type), variablesReference: 0 };
}

/** Of what no hit has a value of. @throws RequestError unless it is for a hover, which shows the type */
function typeAlone(
  trace: TraceSession,
  expression: string,
  { context, source, line, column }: DebugProtocol.EvaluateArguments,
  positions: Positions,
): DebugProtocol.EvaluateResponse['body'] {
  const where =
    source?.path !== undefined && line !== undefined
      ? positions.lineOf({ path: source.path, line, ...(column !== undefined && { column }) })
      : undefined;
  const isWritten = context === 'repl';
  // After the end the program's files are closed.
  const [place] = isWritten && trace.hasEnded ? [] : trace.contexts(where);
  const type = place && typeNameAt(expression, place);
  const advice = `No hit so far has a value of ${expression}: name it in a log message, {${expression}}.`;
  const shown = `Shown are the values of the last hit${isWritten ? '; help lists the commands' : ''}.`;
  if (type === undefined) throw new RequestError(`${advice} ${shown}`);
  if (context !== 'hover') throw new RequestError(`${advice} Its type is ${type}.`);
  return { result: `(${type}) not captured`, type, variablesReference: 0 };
}

/** What means nothing may be a command that is written wrong. */
function withHelp<T>(answer: () => T): T {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new RequestError(`${refusalMessage(error)} For the commands write help.`);
  }
}

const MAX_SOURCES = 10_000;
