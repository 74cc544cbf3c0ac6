/**
 * What goes over the Debug Adapter Protocol beyond the standard: custom requests and events, launch.json. The extension shares this file
 * with the adapter, and the two that make text: `inertText.ts` and `durationText.ts`.
 */

/**
 * In requests and answers, lines from this one on are those of a source that the program does not have: they were added after it was built.
 * There is nothing at them, which is said.
 */
export const ADDED_LINES = 1 << 30;

/** Attributes of a launch configuration, as in package.json `contributes.debuggers`. */
export interface CommonArguments {
  /** Path prefixes in debug information -> prefixes on this machine. */
  sourceFileMap?: Record<string, string>;
  /** Directories with separate debug files. */
  symbolSearchPath?: string[];
  limits?: Partial<Limits>;
  /** Size of the ring buffer that hits go through, a power of two; without it by the number of processors. */
  ringBytes?: number;
  /** Log the adapter's protocol traffic to the console. */
  trace?: boolean;
  /** What tracepoints are from the first hit on, beyond what setBreakpoints says: set by the editor, not by people. */
  presets?: Preset[];
}
export interface LaunchArguments extends CommonArguments {
  program: string;
  args?: string[];
  cwd?: string;
  env?: Record<string, string | null>;
  /** A file of NAME=value lines; `env` goes before it. */
  envFile?: string;
  console?: 'internalConsole' | 'integratedTerminal' | 'externalTerminal';
}
export interface AttachArguments extends CommonArguments {
  /** A number or its text, or a process name. */
  pid?: number | string;
  processId?: number | string;
  /** Alone: every process that runs this file, now and later. With a pid: a check. */
  program?: string;
}

export interface Limits {
  hitsPerSecond: number;
  bytesPerHit: number;
  consoleLinesPerSecond: number;
  history: number;
  sites: number;
}

/** `hits = delivered + lost + filtered + throttled + conditionErrors`, always. */
export interface Counts {
  hits: number;
  delivered: number;
  lost: number;
  filtered: number;
  throttled: number;
  conditionErrors: number;
}

/** `{unavailable}` carries the reason in words. */
export type ValueView =
  { value: string; type: string; children?: NamedValueView[] } | { unavailable: string; type: string };
export type NamedValueView = ValueView & {
  name: string;
  /** The least and the greatest of all delivered hits; where the value is a number. */
  range?: [least: string, greatest: string];
};

export type TracepointState =
  | 'armed'
  /** The line is in no module yet (`message` says so), or is still being looked for. */
  | 'pending'
  /** It cannot be installed: `message` says why. */
  | 'failed'
  /** It has delivered as many hits as were wanted: its probes are out, its counts final. */
  | 'spent'
  /** The session has ended; counts are final. */
  | 'ended';

/** When the session has ended: what never had a probe goes on to say why, if that is known. */
export function stateAtEnd({
  state,
  counts,
  message,
}: Pick<TracepointView, 'state' | 'counts'> & { message?: string | undefined }): TracepointState {
  if (state === 'failed') return state;
  return state === 'pending' && counts.hits === 0 && message !== undefined ? state : 'ended';
}

export type TracepointMode = 'log' | 'snapshot' | 'count';

/** Where a hit comes from. */
export interface HitOrigin {
  /** Milliseconds since the epoch. */
  time: number;
  pid: number;
  tid: number;
  /** The function, inlined or not, that the line is in. */
  function?: string;
}

/** One tracepoint as the editor shows it. */
export interface TracepointView {
  /** The `id` of the breakpoint in the setBreakpoints response. */
  id: number;
  state: TracepointState;
  /**
   * Path of the source as the client named it, and the line the tracepoint really sits on, in the source that the program was built
   * from: edits do not change it. Absent for functions without lines.
   */
  path?: string;
  line?: number;
  counts: Counts;
  /** Hits a second over the last second, and how many of them were held back by limits. */
  rate: number;
  throttledRate: number;
  mode: TracepointMode;
  /** Of the last delivered hit. */
  values: NamedValueView[];
  lastHit?: HitOrigin;
  /** The source was modified after what runs was built: another build that has its path by now does not count. */
  isSourceNewer?: true;
  message?: string;
  /** Once it is measured, which is while there are hits. */
  cost?: CostView;
  sites: SiteView[];
}

export interface SiteView {
  address: string;
  function?: string;
  hits: number;
  /** What the kernel does with the instruction under the probe: a single step is much dearer. */
  trap: TrapKind;
  /** The probe is at an instruction that runs as often and is emulated, not at the line's own. */
  moved?: true;
}
export type TrapKind = 'emulated' | 'stepped';

/** What a hit costs the thread that makes it, in nanoseconds, measured on this machine. */
export interface CostView {
  /** Over the sites by their hits, of those parts that are known. */
  mean: number;
  /** The way into the kernel and back. */
  traps?: Record<TrapKind, number>;
  /** The tracepoint's program in the kernel, lately. */
  program?: number;
  /** In words, why a part cannot be measured. */
  gaps?: string[];
}

/** Event `sourcetap/update`, at most 10 a second: the tracepoints that changed since the last one. */
export const UPDATE_EVENT = 'sourcetap/update';
export interface UpdateBody {
  tracepoints: TracepointView[];
  /** Ids of tracepoints that are gone. */
  removed: number[];
}

/** Request `sourcetap/configure`: what setBreakpoints has no field for. */
export const CONFIGURE_REQUEST = 'sourcetap/configure';
export interface ConfigureArguments {
  breakpointId: number;
  mode?: TracepointMode;
  limits?: Partial<Limits>;
  filter?: HitFilter;
}

/** Request `sourcetap/preset`: what tracepoints on a line are beyond what setBreakpoints says, now and whenever they come. */
export const PRESET_REQUEST = 'sourcetap/preset';
/** Takes the place of the one before; without anything, of all. */
export interface Preset extends Omit<ConfigureArguments, 'breakpointId'> {
  /** As in setBreakpoints. */
  path: string;
  line: number;
}

/** Request `sourcetap/reset`: a tracepoint's counts are told from 0 again, and so are its values' ranges; without an id, of all. */
export const RESET_REQUEST = 'sourcetap/reset';
export interface ResetArguments {
  breakpointId?: number;
}

/** Which of the hits that meet the condition are delivered; null takes one back. */
export interface HitFilter {
  /** An expression: only hits where it has another value than at the hit before. */
  changed?: string | null;
  /** Only every so many-th. */
  sampling?: number | null;
  /** When so many have been delivered, the tracepoint is spent. */
  maxHits?: number | null;
}

/** A tracepoint that may come to be. */
export interface Draft {
  /** Path, and line and column as in setBreakpoints. */
  path: string;
  line: number;
  column?: number;
  /** Absent or empty: a snapshot. */
  logMessage?: string;
  condition?: string;
  hitCondition?: string;
}

/**
 * Request `sourcetap/inspect`, before there is a target or without one: from now on questions about lines are answered from the debug
 * information of these programs. They are `sourcetap/complete`, `sourcetap/check`, `sourcetap/lines`, `sourcetap/hasSource` and
 * `breakpointLocations`. Nothing is started, attached to or probed for it, so it needs no privileges. A target that comes answers instead.
 */
export const INSPECT_REQUEST = 'sourcetap/inspect';
/** In place of those before. */
export interface InspectArguments {
  /**
   * The first of them that has code of a file answers about it; without one, what needs no program is answered. Each is looked at anew
   * when it has changed, and may be missing.
   */
  programs: InspectedProgram[];
}
export interface InspectedProgram extends Pick<
  CommonArguments,
  'sourceFileMap' | 'symbolSearchPath' | 'limits'
> {
  /** Or a shared library: the path of its file. */
  program: string;
}

/** Request `sourcetap/hasSource`: is there code of a source file? Answered by HasSourceResponseBody. */
export const HAS_SOURCE_REQUEST = 'sourcetap/hasSource';
export type HasSourceArguments = Pick<Draft, 'path'>;
export interface HasSourceResponseBody {
  hasSource: boolean;
}

/** Request `sourcetap/complete`: what could be written at the cursor in a field of a draft. Answered by CompleteResponseBody. */
export const COMPLETE_REQUEST = 'sourcetap/complete';
export interface CompleteArguments extends Pick<Draft, 'path' | 'line' | 'column'> {
  field: 'logMessage' | 'condition';
  text: string;
  /** The cursor: UTF-16 units from the beginning of the text. */
  offset: number;
}
export interface CompleteResponseBody {
  items: CompletionView[];
}
export interface CompletionView {
  /** What stands in place of the `length` units from `start`. */
  text: string;
  start: number;
  length: number;
  kind: 'variable' | 'member' | 'method' | 'special' | 'function';
  type?: string;
  /** Why it has no value at this line. */
  unavailable?: string;
}

/** Request `sourcetap/check`: what would become of a draft. Answered by CheckResponseBody; nothing is installed. */
export const CHECK_REQUEST = 'sourcetap/check';
export interface CheckResponseBody {
  problems: Problem[];
  /** What would be said of the tracepoint: where it would really sit, how many copies there are, what has no value there. */
  notes: string[];
  /** Probes that it would have. */
  sites: number;
}
export interface Problem {
  /** A `line` has no code, or none that may be probed. */
  field: 'line' | 'logMessage' | 'condition' | 'hitCondition';
  /** With a warning the tracepoint would go in, but a part of it would have no value. */
  severity: 'error' | 'warning';
  message: string;
  /** Where in the field, in UTF-16 units from 0. */
  start?: number;
  length?: number;
}

/** Request `sourcetap/lines`: what tracepoints would find on the lines of a part of a file. Answered by LinesResponseBody. */
export const LINES_REQUEST = 'sourcetap/lines';
/** From one line to another, both included: of longer ranges the first 200 lines are answered. */
export interface LinesArguments {
  /** Path and lines as in setBreakpoints. */
  path: string;
  first: number;
  last: number;
}
export interface LinesResponseBody {
  /** Those that have code, in order. */
  lines: LineView[];
}
export interface LineView {
  line: number;
  /** Places in the machine code. */
  copies: number;
  /** May a probe go to any of them? Otherwise `reason` says in words why not. */
  probeable: boolean;
  reason?: string;
  /** Arguments and locals without a value there, optimised out in every copy. Absent where there are none. */
  optimisedOut?: string[];
}

/**
 * Request `sourcetap/count`: counts every line of these files and functions at once from now on, and no others; of the whole
 * program where neither is given. Answered by CountResponseBody when the probes are in.
 */
export const COUNT_REQUEST = 'sourcetap/count';
export interface CountArguments {
  files?: string[];
  functions?: string[];
  /** The function that this line is in. */
  functionAt?: Pick<Draft, 'path' | 'line'>;
}
export interface CountResponseBody {
  /** Lines, each once for every function that it is in. */
  lines: number;
  /** Probes in the kernel: lines that always run together share one. */
  probes: number;
}

/** Request `sourcetap/countStop`, without arguments: the last counts go out, then the probes. */
export const COUNT_STOP_REQUEST = 'sourcetap/countStop';

/** Event `sourcetap/counts`, at most 10 a second: the lines whose counts changed since the last one, all of them in the first. */
export const COUNTS_EVENT = 'sourcetap/counts';
export interface CountsBody {
  lines: LineCountView[];
  /** Of what is counted from now on: what was told before is counted no more. */
  isFirst?: true;
}
/** How often a line of a function runs; `unavailable` says in words why it takes no probe. `line` is from 1. */
export type LineCountView = { path: string; line: number; function: string } & (
  { hits: number } | { unavailable: string }
);

/** Which of the hits that are remembered: those that meet all of these. */
export interface HitQuery {
  tracepoints?: number[];
  /** A tid. */
  thread?: number;
  /** In the message, the function's name or the text of a value; case is ignored. */
  text?: string;
  /** Over the values as they are shown, in C's syntax: `n > 3 && name == "x"`. Hits without the values do not meet it. */
  expression?: string;
}

/** One hit as the hits panel lists it. */
export interface HitView {
  /** Hits are numbered from 0 as they come. */
  id: number;
  tracepoint: number;
  /** CLOCK_MONOTONIC, in decimal. */
  timeNs: string;
  pid: number;
  tid: number;
  function?: string;
  /** Of the source as the client named it. */
  path?: string;
  line?: number;
  message: string;
  /** In lists without children: `isOpenable` says that `sourcetap/hit` has them. */
  values: ListedValueView[];
}
export type ListedValueView = NamedValueView & { isOpenable?: true };

/**
 * Request `sourcetap/hits`: a window of the hits that match, oldest first. From the first such request on, `sourcetap/hitsChanged`
 * tells of more. Answered by HitsBody.
 */
export const HITS_REQUEST = 'sourcetap/hits';
export interface HitsArguments {
  query?: HitQuery;
  /** The place of the first wanted, counted as `first` is; the last `count` without it. */
  start?: number;
  count: number;
}
export interface HitsBody {
  hits: HitView[];
  /** The place of the first of `hits`. */
  start: number;
  /** The place of the oldest matching hit that is remembered: places stay as older hits are dropped. */
  first: number;
  /** Of those that are remembered. */
  matching: number;
  /** Remembered hits that are not looked at yet: ask again. */
  pending: number;
  /** All hits so far, and how many of them, the oldest, are not remembered any more. */
  total: number;
  dropped: number;
  /** Milliseconds since 1970 at the time 0 of `timeNs`. */
  clockStart: number;
  /** Where none matches: what the values of the latest hits are called. */
  names?: string[];
}

/** Event `sourcetap/hitsChanged`, at most 10 a second: there are more hits, delivered or not. */
export const HITS_CHANGED_EVENT = 'sourcetap/hitsChanged';
export interface HitsChangedBody {
  total: number;
  dropped: number;
  /** Hits a second of each tracepoint over the last second, delivered or not. */
  rates: { tracepoint: number; rate: number }[];
}

/** Request `sourcetap/hit`: one hit with its values' children. Answered by HitBody. */
export const HIT_REQUEST = 'sourcetap/hit';
export interface HitArguments {
  id: number;
}
export interface HitBody {
  hit: HitView;
}

/**
 * Request `sourcetap/valuesAt`, with HitArguments: the hit and, of each other tracepoint, the latest hit of the same thread before
 * it. Answered by ValuesAtBody.
 */
export const VALUES_AT_REQUEST = 'sourcetap/valuesAt';
export interface ValuesAtBody {
  hits: HitView[];
}

/** Request `sourcetap/exportHits`: writes the hits that match into a file, oldest first. Answered by ExportHitsBody. */
export const EXPORT_HITS_REQUEST = 'sourcetap/exportHits';
export interface ExportHitsArguments {
  /** Absolute. */
  path: string;
  format: 'ndjson' | 'csv';
  query?: HitQuery;
}
export interface ExportHitsBody {
  written: number;
  /** Hits that were dropped before it was their turn. */
  missed: number;
}

/** Request `sourcetap/hitStatistics`, over the hits that match. Answered by HitStatisticsBody. */
export const HIT_STATISTICS_REQUEST = 'sourcetap/hitStatistics';
export interface HitStatisticsArguments {
  query?: HitQuery;
  /** An expression over the values, as in HitQuery, for the histogram. */
  column?: string;
  /** The histogram's hits are those before this place, counted as in HitsBody; all of them without it. */
  end?: number;
}
export interface HitStatisticsBody {
  timeline: {
    /** As in HitView. */
    startNs: string;
    /** Nanoseconds that one bucket spans. */
    bucketNs: number;
    series: TimelineSeries[];
    /** The query asks for some hits of a tracepoint: all of them are not told, as which of those would match is not known. */
    isMatching?: true;
  };
  /** Captured values that are numbers in the latest hits. */
  columns: string[];
  histogram?: {
    /** Where the first bin begins, and how much each spans. */
    start: number;
    width: number;
    counts: number[];
    /** Hits without a number there. */
    without: number;
    min: number;
    max: number;
    mean: number;
  };
  /** Remembered hits that are not looked at yet: ask again. */
  pending: number;
}

export interface TimelineSeries {
  tracepoint: number;
  path?: string;
  line?: number;
  /** Hits in each bucket that are remembered; null before the oldest of them, where older ones are dropped. */
  counts: (number | null)[];
  /**
   * All hits as they were counted, delivered or not; null where that is not known. Absent where they are those that are remembered.
   */
  all?: (number | null)[];
}

/** Beside the arguments of `disconnect`: the adapter stays to answer these requests, until its input ends. */
export interface DisconnectExtension {
  keepHits?: boolean;
}
