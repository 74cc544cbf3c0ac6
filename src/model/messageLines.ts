/** VS Code speaks of lines in the editor, the debug adapter of those that the program was built from: requests, answers and events of both. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  CHECK_REQUEST,
  COMPLETE_REQUEST,
  COUNT_REQUEST,
  HIT_REQUEST,
  HIT_STATISTICS_REQUEST,
  HITS_REQUEST,
  LINES_REQUEST,
  PRESET_REQUEST,
  VALUES_AT_REQUEST,
  type CommonArguments,
  type CountArguments,
  type HitBody,
  type HitsBody,
  type HitStatisticsBody,
  type LinesArguments,
  type LinesResponseBody,
  type ValuesAtBody,
} from '../../adapter/protocol';
import type { ProgramLines } from './programLines';

interface Place {
  path: string;
  line: number;
}

const inProgram = <Part extends Place>(place: Part, lines: ProgramLines): Part => ({
  ...place,
  line: lines.toProgram(place.path, place.line),
});

const started = (args: CommonArguments, lines: ProgramLines): CommonArguments => ({
  ...args,
  ...(args.presets && { presets: args.presets.map((preset) => inProgram(preset, lines)) }),
});

/** By command. */
const REQUESTS = {
  launch: started,
  attach: started,
  setBreakpoints: (args: DebugProtocol.SetBreakpointsArguments, lines: ProgramLines) => ({
    ...args,
    breakpoints: (args.breakpoints ?? []).map((one) => ({
      ...one,
      line: lines.toProgram(args.source.path ?? '', one.line),
    })),
    // These lines are as they were.
    sourceModified: false,
  }),
  breakpointLocations: (args: DebugProtocol.BreakpointLocationsArguments, lines: ProgramLines) => {
    const { first, last } = lines.rangeToProgram(
      args.source.path ?? '',
      args.line,
      args.endLine ?? args.line,
    );
    return { ...args, line: first, endLine: last };
  },
  evaluate: (args: DebugProtocol.EvaluateArguments, lines: ProgramLines) => ({
    ...args,
    ...(args.line !== undefined && { line: lines.toProgram(args.source?.path ?? '', args.line) }),
  }),
  [PRESET_REQUEST]: inProgram,
  [CHECK_REQUEST]: inProgram,
  [COMPLETE_REQUEST]: inProgram,
  [LINES_REQUEST]: ({ path, first, last }: LinesArguments, lines: ProgramLines) => ({
    path,
    ...lines.rangeToProgram(path, first, last),
  }),
  [COUNT_REQUEST]: (args: CountArguments, lines: ProgramLines) => ({
    ...args,
    ...(args.functionAt && { functionAt: inProgram(args.functionAt, lines) }),
  }),
};

/** A source's line as DAP has it. */
const placed = <Part extends { source?: DebugProtocol.Source; line?: number }>(
  part: Part,
  lines: ProgramLines,
): Part => {
  const { path } = part.source ?? {};
  if (path === undefined || part.line === undefined) return part;
  return { ...part, line: lines.placed({ path, line: part.line }).line };
};

const breakpoints = (
  body: DebugProtocol.SetBreakpointsResponse['body'],
  _: unknown,
  lines: ProgramLines,
) => ({ ...body, breakpoints: body.breakpoints.map((one) => placed(one, lines)) });

const hits = <Body extends HitsBody | ValuesAtBody>(body: Body, _: unknown, lines: ProgramLines) => ({
  ...body,
  hits: body.hits.map((hit) => lines.placed(hit)),
});

/** Those that are in a part of the text, with their lines there. */
const within = <Part extends { line: number }>(
  parts: readonly Part[],
  { path, first, last }: LinesArguments,
  lines: ProgramLines,
): Part[] =>
  parts.flatMap((part) => {
    const line = lines.toEditor(path, part.line);
    return line !== undefined && first <= line && line <= last ? [{ ...part, line }] : [];
  });

/** By command, with the arguments as they were before they were translated. */
const ANSWERS = {
  setBreakpoints: breakpoints,
  setFunctionBreakpoints: breakpoints,
  breakpointLocations: (
    { breakpoints }: DebugProtocol.BreakpointLocationsResponse['body'],
    { source: { path = '' }, line, endLine }: DebugProtocol.BreakpointLocationsArguments,
    lines: ProgramLines,
  ) => ({ breakpoints: within(breakpoints, { path, first: line, last: endLine ?? line }, lines) }),
  [LINES_REQUEST]: (body: LinesResponseBody, args: LinesArguments, lines: ProgramLines) => ({
    lines: within(body.lines, args, lines),
  }),
  [HITS_REQUEST]: hits,
  [VALUES_AT_REQUEST]: hits,
  [HIT_REQUEST]: ({ hit }: HitBody, _: unknown, lines: ProgramLines) => ({ hit: lines.placed(hit) }),
  [HIT_STATISTICS_REQUEST]: (body: HitStatisticsBody, _: unknown, lines: ProgramLines) => ({
    ...body,
    timeline: { ...body.timeline, series: body.timeline.series.map((one) => lines.placed(one)) },
  }),
};

const EVENTS = {
  breakpoint: (body: DebugProtocol.BreakpointEvent['body'], lines: ProgramLines) => ({
    ...body,
    breakpoint: placed(body.breakpoint, lines),
  }),
  output: placed<DebugProtocol.OutputEvent['body']>,
};

type Translation = (...parts: unknown[]) => unknown;

/** Undefined for what has no lines. */
const translationOf = (table: object, name: string): Translation | undefined =>
  Object.hasOwn(table, name) ? (table as Record<string, Translation>)[name] : undefined;

/** The arguments of a request, for the adapter. */
export const argumentsIn = (command: string, args: unknown, lines: ProgramLines): unknown =>
  translationOf(REQUESTS, command)?.(args, lines) ?? args;

/** What the adapter answers. @param args as they were before `argumentsIn` */
export const answerOut = (command: string, body: unknown, args: unknown, lines: ProgramLines): unknown =>
  translationOf(ANSWERS, command)?.(body, args, lines) ?? body;

/** What an event of the protocol tells; those of our own stay as they are. */
export const eventOut = (event: string, body: unknown, lines: ProgramLines): unknown =>
  translationOf(EVENTS, event)?.(body, lines) ?? body;
