/**
 * Every error code as a sentence that says what is wrong and what to do about it. For the fronts alone. Names come from the target, and may hold
 * anything: what leaves here is inert.
 */
import { basename } from 'node:path';
import { BackendError, type BackendFailure } from './backend/backend';
import type { CaptureGap } from './capture/captured';
import type { LineGap } from './dwarf/lineSite';
import type { Attempt } from './dwarf/relatedFile';
import type { MissingFile, UnitGap } from './dwarf/unitDescription';
import { DecodeError } from './elf/decodeError';
import { formatAddress } from './elf/address';
import type { CostGap } from './engine/costMeter';
import type { Hit } from './engine/hit';
import {
  isNowhere,
  PlanError,
  type MissingUnits,
  type PlanFailure,
  type UndescribedModule,
  type UnsearchedModule,
} from './engine/planError';
import type { Planning } from './engine/planner';
import type { FoundSites, MissedColumn } from './engine/siteSearch';
import type { CandidateSite, RefusedSite } from './engine/site';
import { TargetError, type TargetFailure } from './engine/target';
import { ExpressionError, type ExpressionFailure } from './expression/expressionError';
import { visibleLines, visibleStart, visibleText } from './inertText';
import { SymbolError } from './symbols/symbolError';
import { FileClosedError } from './sys/file';
import { SystemError } from './sys/systemError';
import { typeName } from './dwarf/typeName';
import type { NamedValue, ValueGap } from './value/value';
import type { ForbiddenClass, RefusalReason } from './x86/placement';

/** Of anything that was thrown; what is none of our errors is a bug, and comes with its stack. */
export function errorMessage(error: unknown): string {
  const sentence = sentenceOf(error);
  if (sentence !== undefined) return visibleStart(sentence, MAX_SENTENCE);
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `Internal error: ${visibleLines(trace)}`;
}

/** Characters. */
const MAX_SENTENCE = 10_000;
const MAX_NOTE = 1000;
const MAX_NAME = 200;

function sentenceOf(error: unknown): string | undefined {
  if (error instanceof PlanError) return planMessage(error.failure) + unsearchedText(error);
  if (error instanceof TargetError) return targetMessage(error.failure);
  if (error instanceof BackendError) return backendMessage(error.failure);
  if (error instanceof SymbolError) return symbolMessage(error);
  if (error instanceof ExpressionError) return expressionErrorMessage(error);
  if (error instanceof DecodeError)
    return `The debug information is damaged: ${error.message}. Build the program again, or install its debug symbols again.`;
  if (error instanceof FileClosedError)
    return 'The session has ended, and the files of its program are closed: start it again to ask for that.';
  if (error instanceof SystemError) return `The system refused: ${error.message}.`;
  return undefined;
}

const COMPILE_WITH_G =
  'Compile it with -g, or install its debug symbols (a package whose name ends in -dbg or -dbgsym).';

function planMessage(failure: PlanFailure): string {
  switch (failure.code) {
    case 'line':
      return lineGapMessage(failure.gap, failure.file, failure.line);
    case 'noSuchFunction':
      return `The program has no function ${failure.name}, or it was inlined everywhere without a trace: name a line of it instead, as FILE:LINE.`;
    case 'noSuchName':
      return `The program has neither a source file nor a function of the name ${failure.name}: "sourcetap lines" lists what it has.`;
    case 'notCode':
      return `There is no machine code at ${formatAddress(failure.address)} in ${failure.path}: give a link-time address, as objdump -d shows it.`;
    case 'noDebugInformation':
      return undescribedText(failure.module);
    case 'functionWithoutDebugInformation':
      return `${failure.name} is a function of ${undescribedText(failure.module, ', which')}`;
    case 'functionOfUnreadUnit':
      return `${failure.name} is a function of which nothing is known: ${unitGapText(failure.gap)}`;
    case 'unloaded':
      return `${failure.path} was unloaded: hits are counted again when it is loaded again.`;
    case 'becameProgram':
      return `${becameProgram(failure.program)} The place was in the program before.`;
    case 'noModules':
      return 'The target has no code to look into: it has ended.';
    case 'allRefused':
      return refusedText(failure.refused[0]!);
    case 'tooManySites':
      return `That is ${failure.found} machine addresses, and the limit is ${failure.limit}: name a file, a function or a line, or raise the limit "sites" (of a debug session).`;
    case 'expression':
      return `${PARTS[failure.part]} ${JSON.stringify(failure.text)}: ${expressionErrorMessage(failure.error)}`;
    case 'unknownCondition':
      return `The condition ${JSON.stringify(failure.text)} cannot be decided here: ${gapText(failure.gap)}. Choose another line, or a condition on other variables.`;
    case 'hitCondition':
      return `${JSON.stringify(failure.text)} is no hit condition: write N or =N (the Nth hit), >N, >=N, <N, <=N, or %N (every Nth), with a number that some hit can have.`;
    case 'interrupted':
      return 'Cancelled before it was in: set it again (turn it off and on), or edit it.';
  }
}

const PARTS = {
  message: 'Log message',
  condition: 'Condition',
  changed: 'Expression',
} as const;

/** Said once of a target that has become another program. */
export const becameProgram = (program: string): string =>
  `The process has become ${visibleText(program)} by exec.`;

/** What is not found may be where nobody could look. */
function unsearchedText({ failure, unsearched, missing }: PlanError): string {
  if (!isNowhere(failure) || 'path' in failure || 'module' in failure) return '';
  if (failure.code === 'functionOfUnreadUnit') return '';
  const bare = unsearched.filter(({ error }) => error === undefined);
  const program = bare.find(({ isProgram }) => isProgram);
  const libraries = bare.flatMap(({ isProgram, path }) =>
    isProgram || OF_SYSTEM.test(path) ? [] : [basename(path)],
  );
  return [
    ...unsearched.flatMap((module) => (module.error === undefined ? [] : [damageText(module)])),
    ...(program ? [undescribedText(program)] : []),
    ...(missing ? [missingUnitsText(missing)] : []),
    ...(libraries.length > 0 ? [`Libraries without debug information: ${shortList(libraries)}.`] : []),
  ]
    .map((sentence) => ` ${sentence}`)
    .join('');
}

function refusedText({ site, reason }: RefusedSite): string {
  const gap = site.module.debug?.info.unitAt(site.address)?.gap();
  return reason.code === 'noSubprogram' && gap
    ? `No probe can be put there: ${unitGapText(gap)}`
    : `No probe can be put there: ${refusalText(reason)}. Try a neighbouring line.`;
}

/** Of a site that is in no function that is known. */
export function noVariablesText({ module, address }: CandidateSite): string {
  const gap = module.debug?.info.unitAt(address)?.gap();
  const reason = gap ? unitGapText(gap) : `${refusalText({ code: 'noSubprogram' })}.`;
  return visibleStart(
    `Nothing is known of the variables at ${formatAddress(address)}: ${reason}`,
    MAX_SENTENCE,
  );
}

/** The line tables of such a unit are there, and nothing else. */
function unitGapText(gap: UnitGap): string {
  if (gap.code === 'damaged')
    return `the debug information of the source file is damaged: ${gap.error.message}.`;
  const missing =
    gap.code === 'split'
      ? `the debug information of the source file is in ${gap.file}, which was not found.`
      : 'a part of the debug information is in another file (dwz), which was not found.';
  return [missing, ...missingFileTexts(gap)].join(' ');
}

function missingUnitsText({ gap, others }: MissingUnits): string {
  const file = gap.code === 'split' ? gap.file : 'another file (dwz)';
  const more = gap.code === 'split' && others > 0 ? ` and ${others} more` : '';
  return [
    `A function may be described in ${file}${more}, which was not found.`,
    ...missingFileTexts(gap),
  ].join(' ');
}

/** What was wrong with the files that were found, and where others were looked for. */
function missingFileTexts(gap: MissingFile): string[] {
  const absent = gap.attempts.flatMap(({ path, problem }) => (problem.code === 'absent' ? [path] : []));
  const advice =
    absent.length > 0 ? [`Put it at one of these places: ${shortList([...new Set(absent)])}.`] : [];
  return [...gap.attempts.flatMap(attemptText), ...advice];
}

/** With what was wrong with the separate debug files that might have been its own. */
const undescribedText = ({ path, debugAttempts }: UndescribedModule, which = ''): string =>
  [
    `${path}${which} has no debug information.`,
    ...debugAttempts.flatMap(attemptText),
    ...missingText(debugAttempts),
    COMPILE_WITH_G,
  ].join(' ');

/** The file that .gnu_debuglink names, where there is nothing of that name. */
function missingText(attempts: readonly Attempt[]): string[] {
  if (attempts.some(({ problem }) => problem.code !== 'absent')) return [];
  const places = attempts.map(({ path }) => path).filter((path) => !path.includes('/.build-id/'));
  const [first] = places;
  return first === undefined
    ? []
    : [`Its debug file, ${basename(first)}, is at none of these places: ${shortList(places)}.`];
}

function attemptText({ path, problem }: Attempt): string[] {
  switch (problem.code) {
    case 'absent':
      return [];
    case 'unreadable':
      return [`${path} cannot be read (${problem.errno}).`];
    case 'damaged':
      return [`${path} is damaged: ${problem.error.message}.`];
    case 'noDebugInformation':
      return [`${path} has none either.`];
    case 'mismatch':
      return [
        `${path} belongs to another build (${problem.of} ${problem.found ?? 'missing'}, expected ${problem.expected}).`,
      ];
  }
}

/** Of a module that could not be searched because of its file. */
export const damageText = ({ path, error }: UnsearchedModule): string =>
  error instanceof SymbolError ? errorMessage(error) : `${visibleText(path)}: ${errorMessage(error)}`;

const shortList = (names: readonly string[]): string =>
  names.length > MAX_LISTED
    ? `${names.slice(0, MAX_LISTED).join(', ')} and ${names.length - MAX_LISTED} more`
    : names.join(', ');
const MAX_LISTED = 5;
/** Libraries that hardly anybody means. */
const OF_SYSTEM = /^\/(usr\/)?lib(32|64|x32)?\//;

function lineGapMessage(gap: LineGap, file: string, line: number | undefined): string {
  switch (gap.code) {
    case 'noSuchFile':
      return `The program has no source file ${file}.${didYouMean(gap.similar)} If it was built elsewhere, give the end of its path alone, or map its paths with "sourceFileMap" in launch.json.`;
    case 'noCode':
      return line === undefined
        ? `${file} has no code in this program.`
        : `${basename(file)}:${line} has no code, and neither has a later line of the same function.${nearestLines(gap.nearest)}`;
    case 'ambiguousFile':
      return `There are several files ${file}: ${gap.files.join(', ')}. Give more of the path.`;
  }
}

const didYouMean = (similar: readonly string[]): string =>
  similar.length > 0 ? ` Did you mean ${similar.join(' or ')}?` : '';
const nearestLines = (lines: readonly number[]): string =>
  lines.length > 0 ? ` The nearest with code: ${lines.join(', ')}.` : '';

/** Why no probe may go to an address; the part of a sentence. */
export function refusalText(reason: RefusalReason): string {
  switch (reason.code) {
    case 'notABoundary':
      return 'the address is not proven to be the beginning of an instruction';
    case 'undecodable':
      return `the code of the function cannot be decoded at ${formatAddress(reason.at)}`;
    case 'noSubprogram':
      return 'no function of the debug information has this address';
    case 'forbidden':
      return `${FORBIDDEN[reason.class]} (${reason.instruction})`;
  }
}

const FORBIDDEN = {
  vector: 'the kernel breaks AVX instructions that are probed',
  lock: 'the kernel refuses instructions with a lock prefix',
  segmentPrefix: 'the kernel refuses instructions with a segment prefix',
  pushFlags: 'a probe would show the program a flag of the kernel',
  trap: 'the instruction enters the kernel or traps',
  portIo: 'the kernel refuses port input and output',
  virtualised: 'a virtual machine may lose its way after the instruction, and kill the program',
  privileged: 'the instruction is privileged',
  stackSegment: 'the kernel refuses loads of the stack segment',
  longNop: 'the kernel would overwrite the stack below a nop of five bytes within a function',
  repeatedString: 'each repetition of the instruction would count as a hit',
  other: 'the kernel does not take a probe on this instruction',
} as const satisfies Record<ForbiddenClass, string>;

function targetMessage(failure: TargetFailure): string {
  switch (failure.code) {
    case 'noSuchProcess':
      return `There is no process ${failure.pid}: it has ended, or the number is wrong.`;
    case 'noProcessNamed':
      return `No process is called ${failure.name}: start it first, or give its number.`;
    case 'severalProcesses':
      return `Several processes are called ${failure.name}: ${failure.pids.join(', ')}. Give the number of one.`;
    case 'otherUser':
      return `Process ${failure.pid} belongs to the user with uid ${failure.uid}: probing it needs root. ${PRIVILEGE_WAYS}`;
    case 'runsAsOther':
      return `${failure.program} runs as another user (set-user-ID): probing it needs root. ${PRIVILEGE_WAYS}`;
    case 'otherProgram':
      return `Process ${failure.pid} does not run ${failure.program}: give another process, or leave out "program".`;
    case 'notExecutable':
      return `${failure.program} is not executable: chmod +x it, or name a program.`;
    case 'noSuchDirectory':
      return `There is no directory ${failure.path} to run the program in.`;
    case 'notStarted':
      return `${failure.program} could not be started: ${failure.detail}.`;
  }
}

const PRIVILEGE_WAYS =
  'Ways to get there: sudo -n sourcetap ..., pkexec sourcetap ...; in VS Code the setting sourcetap.privilege.';
const SETPRIV =
  'sudo setpriv --reuid $(id -u) --regid $(id -g) --init-groups --inh-caps +bpf,+perfmon --ambient-caps +bpf,+perfmon sourcetap ...';

function backendMessage(failure: BackendFailure): string {
  switch (failure.code) {
    case 'noPrivilege':
      return `Probes need root, or the capabilities CAP_BPF and CAP_PERFMON; ${failure.missing.join(' and ')} ${failure.missing.length === 1 ? 'is' : 'are'} missing. ${PRIVILEGE_WAYS} Or a launcher with ambient capabilities: ${SETPRIV}.`;
    case 'noFeature':
      return `This kernel lacks what Sourcetap needs: ${FEATURES[failure.feature] ?? failure.feature}. Linux 6.6 or newer has it.`;
    case 'noSuchProcess':
      return `There is no process ${failure.pid}: it has ended.`;
    case 'noSuchFile':
      return `There is no file ${failure.path} any more: build it again, or start again.`;
    case 'fileChanged':
      return `${failure.path} was replaced while it was looked at (build-id ${failure.expected}, now ${failure.found ?? 'none'}). Start again to trace the new file.`;
    case 'verifier':
      return `The kernel refused our program, which is a bug of Sourcetap: ${failure.summary}${failure.instruction === undefined ? '' : ` at ${failure.instruction}`}. Please report it with this text.`;
    case 'tooManyCaptures':
      return `At most ${failure.limit} values can be captured at a hit: name fewer in the log message.`;
    case 'system':
      return `The kernel refused ${failure.call}: ${failure.errno}.${failure.errno === 'EPERM' ? ` ${PRIVILEGE_WAYS}` : ''}`;
  }
}

/** The part of a sentence. */
export function costGapText({ part, failure }: CostGap): string {
  const what = part === 'trap' ? 'the trap' : 'the program';
  const cause = failure.code === 'system' ? `${failure.call}: ${failure.errno}` : failure.code;
  const needs = part === 'program' && cause.endsWith('EPERM') ? ', which takes CAP_SYS_ADMIN' : '';
  return `${what} cannot be timed${needs} (${cause})`;
}

const FEATURES: Readonly<Record<string, string>> = {
  mmapableArray: 'BPF arrays that can be mapped (BPF_F_MMAPABLE)',
  ringBuffer: 'BPF ring buffers (BPF_MAP_TYPE_RINGBUF)',
  sleepableProgram: 'sleepable BPF programs of the kprobe type',
  attachCookie: 'the BPF helper get_attach_cookie',
  copyFromUser: 'the BPF helper copy_from_user',
  kernelTypes:
    'its own type information (CONFIG_DEBUG_INFO_BTF), which tells where a thread has its own storage, and which program it runs',
  uprobeMulti: 'uprobe_multi links (CONFIG_UPROBES, CONFIG_BPF_EVENTS)',
};

function symbolMessage({ code, path, detail }: SymbolError): string {
  switch (code) {
    case 'noSuchProgram':
      return `There is no program ${path}${detail && detail !== 'ENOENT' ? ` (${detail})` : ''}.`;
    case 'isDirectory':
      return `${path} is a directory: name the executable in it.`;
    case 'notElf':
      return `${path} is not an ELF file: name the program itself, not a script or an archive.`;
    case 'unsupportedElf':
      return `${path} is ${detail || 'not for this machine'}: Sourcetap traces 64-bit x86-64 programs.`;
    case 'damagedElf':
      return `${path} is damaged: ${detail}.`;
    case 'noSuchProcess':
      return `There is no process ${basename(path)}, or it runs no program of its own (a kernel thread).`;
    case 'notPermitted':
      return `${path} may not be read by this user. ${PRIVILEGE_WAYS}`;
    case 'replacedOnDisk':
      return `${path} was replaced on disk since the process started it: restart the process to trace the new file.`;
  }
}

/** A sentence, with the column, from 1. */
const expressionErrorMessage = ({ failure, column }: ExpressionError): string =>
  `${expressionText(failure)} (column ${column + 1}).`;

/** What is wrong with an expression; the part of a sentence. */
function expressionText(failure: ExpressionFailure): string {
  switch (failure.code) {
    case 'syntax':
      return `expected ${orList(failure.expected)}, found ${failure.found === undefined ? 'the end' : JSON.stringify(failure.found)}`;
    case 'tooLong':
      return `longer than ${failure.limit} characters`;
    case 'tooDeep':
      return `nested deeper than ${failure.limit} levels`;
    case 'noSuchName':
      return `no variable ${failure.name} here${orSimilar(failure.similar)}`;
    case 'noSuchMember':
      return `${typeName(failure.type)} has no member ${failure.name}${orSimilar(failure.similar)}`;
    case 'useArrow':
      return `${typeName(failure.type)} is a pointer: write ->${failure.name}`;
    case 'noSuchMethod':
      return `${typeName(failure.type)} has no method ${failure.name}() that can be answered without calling it${orSimilar(failure.similar)}`;
    case 'useDot':
      return `${typeName(failure.type)} is no pointer: write .${failure.name}`;
    case 'notAStruct':
      return `${typeName(failure.type)} is no struct, union or class`;
    case 'notAPointer':
      return `${typeName(failure.type)} is no pointer`;
    case 'notAnArray':
      return `${typeName(failure.type)} is neither array nor pointer`;
    case 'voidPointer':
      return `${typeName(failure.type)} points to nothing that has a type`;
    case 'functionPointer':
      return `${typeName(failure.type)} points to a function`;
    case 'incompleteType':
      return `${typeName(failure.type)} is only declared in this program, so its layout is not known`;
    case 'unknownLength':
      return `${typeName(failure.type)} has no length that is known, so the place of its elements is not known`;
    case 'staticMember':
      return `it is one for all objects: write ${failure.name}`;
    case 'variantMember':
      return `${failure.name} belongs to one variant of ${typeName(failure.type)}: print the whole, which shows the variant it is`;
    case 'indexOutOfRange':
      return `the index ${failure.index} is out of range`;
    case 'bitElements':
      return `the elements of ${typeName(failure.type)} are no whole bytes: write a constant as index`;
    case 'notAPlace':
      return 'only what is in memory has an address';
    case 'bitFieldAddress':
      return 'a bit field has no address';
    case 'notScalar':
      return `${typeName(failure.type)} is neither a number nor a pointer`;
    case 'notArithmetic':
      return `${typeName(failure.type)} is no number`;
    case 'notAnInteger':
      return `${typeName(failure.type)} is no integer`;
    case 'pointerOperands':
      return `${failure.operator} is not for pointers like these`;
    case 'differentTypes':
      return `one branch is ${typeName(failure.left)}, the other ${typeName(failure.right)}`;
    case 'constantTooLarge':
      return 'too large for any integer type';
    case 'lonelyString':
      return 'a string is good for == and != with a char pointer or array, and for startswith';
    case 'notAString':
      return `${typeName(failure.type)} is no string: no pointer to characters, no array of them, and no string of a library`;
    case 'notAStringConstant':
      return 'expected a string, as in startswith(name, "x")';
    case 'impossibleCast':
      return `${typeName(failure.from)} cannot be cast to ${typeName(failure.to)}`;
    case 'baseCast':
      return `${typeName(failure.to)} points to another place than ${typeName(failure.from)}: name the base class as a member, as in p->Base.x`;
    case 'noSuchType':
      return `no type ${failure.name} here`;
    case 'noSuchSpecial':
      return `no $${failure.name}${orSimilar(failure.similar.map((name) => `$${name}`))}`;
    case 'formatMismatch':
      return `the format ${failure.format} is not for ${typeName(failure.type)}`;
    case 'sliceBounds':
      return `the bounds of a slice are constants, the first one less than the second, ${failure.limit} elements at most`;
    case 'unsupportedType':
      return `its type (${failure.tag}) is not supported`;
  }
}

const orList = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' or $1');
const orSimilar = (similar: readonly string[]): string =>
  similar.length > 0 ? `; did you mean ${orList(similar)}?` : '';

/** Why there is no value; stands in its place. */
export const gapText = (gap: ValueGap): string => visibleStart(gapWords(gap), MAX_NOTE);

function gapWords(gap: ValueGap): string {
  switch (gap.code) {
    case 'pageNotPresent':
      return 'not readable: the memory is not there';
    case 'notTyped':
      return expressionText(gap.failure);
    case 'undefined':
      return gap.operation;
    case 'notDescribed':
      return 'the debug information says nothing of this code';
    default:
      return captureGapText(gap);
  }
}

const UNKNOWN_LENGTH = {
  flexible: 'an array that does not say its length',
  computed: 'an array whose length is worked out as the program runs',
} as const;

function captureGapText(gap: CaptureGap): string {
  switch (gap.code) {
    case 'optimisedOut':
      return 'optimised out';
    case 'notAtThisAddress':
      return 'optimised out at this address';
    case 'displaced':
      return `optimised out: the compiler moved this code out of the copy of ${gap.functionName}`;
    case 'vectorRegister':
      return 'in a vector register, which a probe does not see';
    case 'syntheticPointer':
      return 'a pointer to something that is not in memory: write *p or p->member to see what it points to';
    case 'callerValue':
      return `only the caller knew it (${gap.operation}), and its registers are gone: probe the entry of the function to see it`;
    case 'threadLocal':
      return 'thread-local in a library: only the run-time loader knows where it is';
    case 'unsupportedOperation':
      return `its location uses ${gap.operation}, which is not supported`;
    case 'unsupportedType':
      return `its type (${gap.tag}) is not supported`;
    case 'incompleteType':
      return `its type${gap.name === undefined ? '' : ` ${gap.name}`} is only declared in this program`;
    case 'unknownLength':
      return `${UNKNOWN_LENGTH[gap.extent]}: name single elements`;
    case 'computedPlace':
      return 'a virtual base, in another place in each object: name its members';
    case 'undecodable':
      return `not readable: ${gap.detail}`;
    case 'notInMemory':
      return 'not in memory: it has no address, and constants only for its indices';
    case 'notComputed':
      return `worked out by ${gap.operation}, which a probe cannot do`;
    case 'numberedLater':
      return '$hits numbers the hits that meet the condition: ask for it by a hit condition, such as ">3"';
    case 'overBudget':
      return 'no room left in the record: capture less, or raise the limit "bytesPerHit" (of a debug session)';
  }
}

/** The log message of a hit; `name=value` of all locals for a snapshot. */
export const hitMessage = (hit: Hit, values: readonly NamedValue[]): string =>
  hit.message(values, shownValue) ??
  values.map((value) => `${visibleStart(value.name, MAX_NAME)}=${shownValue(value)}`).join(' ');

/** Names of enumerators, members and symbols are in the texts of values. */
const shownValue = (value: NamedValue): string =>
  'value' in value ? visibleText(value.value) : gapInWords(value.unavailable);

/** As it stands in the place of a value. */
export const gapInWords = (gap: ValueGap): string => `<${gapText(gap)}>`;

/** What is worth knowing of a search that found something: sentences. */
export const searchNotes = ({ damaged, missedColumn }: Omit<FoundSites, 'sites'>): string[] => [
  ...damaged.map(damageText),
  ...(missedColumn ? [`${missedColumnText('Line', missedColumn)}.`] : []),
];

/** One sentence without its full stop. */
const missedColumnText = (noun: 'line' | 'Line', { line, column }: MissedColumn): string =>
  `${noun} ${line} has nothing at column ${column}, so it is the whole line`;

/** Of a line that the editor has, and the program has not. */
export const ADDED_LINE =
  'This line is not in the running program: it was added after the program was built. Build and restart it.';

/** A note, too, of a tracepoint whose planning was cancelled when some of it was in. */
export const NOT_IN_LATER_MODULES =
  'cancelled before it was looked for in libraries that came later: set it again';

/**
 * What is worth knowing of a tracepoint that is in: where it really is, how many copies, what is missing and why.
 * One sentence without its full stop each.
 */
export function planningNotes(plannings: readonly Planning[]): string[] {
  const sites = plannings.flatMap(({ parts }) => parts.flatMap((part) => part.sites));
  const refused = plannings.flatMap((planning) => planning.refused);
  const unavailable = plannings.flatMap((planning) => planning.unavailable);
  const undecided = plannings.flatMap((planning) => planning.undecided);
  const moved = sites.find(({ line, resolvedLine }) => line !== undefined && line !== resolvedLine);
  const inlined = sites.filter((site) => site.scope?.kind === 'inlined').length;
  return [
    ...plannings.flatMap(({ missedColumn }) =>
      missedColumn ? [missedColumnText('line', missedColumn)] : [],
    ),
    ...(moved ? [`line ${moved.line!} has no code, so it is at line ${moved.resolvedLine!}`] : []),
    ...(sites.length > 1 ? [`${sites.length} places in the machine code`] : []),
    ...(inlined > 0 ? [`${inlined} ${inlined === 1 ? 'inlined copy' : 'inlined copies'}`] : []),
    ...(refused.length > 0
      ? [
          `${refused.length} more ${refused.length === 1 ? 'place' : 'places'} not counted: ${refusalText(refused[0]!.reason)}`,
        ]
      : []),
    ...plannings.flatMap(({ damaged }) => damaged.map(damageText)),
    ...undecided.map(
      ({ text, gap, sites: count }) =>
        `hits in ${count} of ${sites.length} places are errors of the condition ${text}: ${gapText(gap)}`,
    ),
    ...unavailable.map(
      ({ text, gap, sites: count }) =>
        `${text}: ${gapText(gap)}${sites.length > 1 && count < sites.length ? ` in ${count} of ${sites.length} places` : ''}`,
    ),
  ].map((note) => visibleStart(note, MAX_NOTE));
}

/** Of a program whose every process was traced. */
export const programOverwritten = (path: string): string =>
  `${visibleText(path)} was written to: its probes are out, as they would damage what it has become. Start again to trace that.`;

/** Notes beside what is said of a line without a session. */
export const namesUnchecked = (source: string): string =>
  `no program built with -g from ${visibleText(basename(source))} is known: names are not checked`;
export const sourceIsNewer = (source: string, program: string): string =>
  `${visibleText(basename(source))} is newer than ${visibleText(basename(program))}, from which this is told`;

/** Of a second in which not every hit was shown: how many were not, and where most of them were. */
export function moreHits(skipped: readonly { readonly place: string; readonly hits: number }[]): string {
  const total = skipped.reduce((sum, { hits }) => sum + hits, 0);
  const text = `… ${grouped(total)} more ${total === 1 ? 'hit' : 'hits'}`;
  if (skipped.length <= 1) return text;
  const most = [...skipped].sort((a, b) => b.hits - a.hits).slice(0, MOST_PLACES);
  const others = skipped.length - most.length;
  const places = most.map(({ place, hits }) => `${visibleText(place)} ${grouped(hits)}`);
  return `${text}: ${[...places, ...(others > 0 ? [`${others} other ${others === 1 ? 'place' : 'places'}`] : [])].join(', ')}`;
}

const MOST_PLACES = 3;

/** Groups of three digits, separated by a no-break space: 3 412. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
