/** Answers to what the editor asks while a tracepoint is being written. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AddressContext } from '../dwarf/scope';
import { typeName } from '../dwarf/typeName';
import { suggest, typeAt, type Suggestion } from '../engine/inquiry';
import { PlanError } from '../engine/planError';
import { planTracepoint, type PlanTarget } from '../engine/planner';
import type { LineWhere } from '../engine/where';
import { visibleText } from '../inertText';
import type { ExpressionError } from '../expression/expressionError';
import { errorMessage, gapText, planningNotes } from '../messages';
import type {
  CheckResponseBody,
  CompleteArguments,
  CompletionView,
  Draft,
  Limits,
  Problem,
} from '../protocol';
import { definitionOf } from './breakpointBook';

/** @param contexts of the line's sites */
export function complete(
  { field, text, offset }: Pick<CompleteArguments, 'field' | 'text' | 'offset'>,
  contexts: readonly AddressContext[],
): CompletionView[] {
  const kind = field === 'logMessage' ? 'message' : 'expression';
  const found = suggest({ text, kind, offset }, contexts);
  return (found?.items ?? []).map((item) => completionView(item, found!.start, offset));
}

const completionView = (
  { text, kind, type, gap }: Suggestion,
  start: number,
  end: number,
): CompletionView => ({
  text,
  start,
  length: end - start,
  kind,
  ...(type && { type: typeName(type) }),
  ...(gap && { unavailable: gapText(gap) }),
});

/** As DAP has it. Its `start` counts from 0 whatever the client's columns do, as VS Code and nvim-dap read it. */
export const completionItem = ({ text, start, length, kind, type, unavailable }: CompletionView) => ({
  label: visibleText(text),
  start,
  length,
  type: ITEM_TYPES[kind],
  ...(type !== undefined && { detail: unavailable === undefined ? type : `${type}: ${unavailable}` }),
});
const ITEM_TYPES = {
  variable: 'variable',
  member: 'field',
  method: 'method',
  special: 'value',
  function: 'function',
} as const satisfies Record<CompletionView['kind'], DebugProtocol.CompletionItemType>;

/** The type of an expression as it is written in the source. @throws ExpressionError */
export const typeNameAt = (text: string, context: AddressContext): string =>
  visibleText(typeName(typeAt(text, context)));

/** A part that is wrong does not hide what is wrong with the others. */
export function check(where: LineWhere, draft: Draft, limits: Limits, target: PlanTarget): CheckResponseBody {
  const problems: Problem[] = [];
  let rest = draft;
  for (;;) {
    try {
      const found = checkPlan(where, rest, limits, target);
      return problems.length === 0 ? found : { problems, notes: [], sites: 0 };
    } catch (error) {
      const problem = problemOf(error);
      problems.push(problem);
      if (problem.field === 'line' || rest[problem.field] === undefined)
        return { problems, notes: [], sites: 0 };
      rest = { ...rest, [problem.field]: undefined };
    }
  }
}

/** @throws PlanError */
function checkPlan(where: LineWhere, draft: Draft, limits: Limits, target: PlanTarget): CheckResponseBody {
  const { logMessage, condition, hitCondition } = draft;
  const wanted = { where, logMessage, condition, hitCondition, refusal: undefined };
  const planning = planTracepoint(definitionOf({ wanted, configured: {} }, limits), target);
  const sites = planning.parts.flatMap((part) => part.sites).length;
  // What is missing in some copies only is in the notes.
  const missing = planning.unavailable.filter((one) => one.sites === sites);
  return {
    problems: missing.map(({ text, gap, error }) => ({
      ...problemAt('logMessage', `${text}: ${gapText(gap)}`, error),
      severity: 'warning',
    })),
    notes: planningNotes([planning]),
    sites: planning.parts.reduce((sum, { plan }) => sum + plan.sites.length, 0),
  };
}

function problemOf(error: unknown): Problem {
  const failure = error instanceof PlanError ? error.failure : undefined;
  switch (failure?.code) {
    case 'expression':
      return problemAt(
        failure.part === 'message' ? 'logMessage' : 'condition',
        errorMessage(failure.error),
        failure.error,
      );
    case 'unknownCondition':
      return problemAt('condition', errorMessage(error), undefined);
    case 'hitCondition':
      return problemAt('hitCondition', errorMessage(error), undefined);
    default:
      return lineProblem(errorMessage(error));
  }
}

export const lineProblem = (message: string): Problem => problemAt('line', message, undefined);

const problemAt = (
  field: Problem['field'],
  message: string,
  error: ExpressionError | undefined,
): Problem => ({
  field,
  severity: 'error',
  message,
  ...(error && { start: error.column, length: error.length }),
});
