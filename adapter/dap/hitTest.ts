/** From the client's query to a test of each hit: what is cheap to know is looked at first. */
import type { HitTest } from '../engine/hitSelection';
import { parseExpression } from '../expression/message';
import { hitMessage } from '../messages';
import type { HitQuery } from '../protocol';
import { compileTest } from '../value/shownExpression';

/** Undefined where every hit passes. @throws ExpressionError */
export function hitTest(query: HitQuery): HitTest | undefined {
  const tests = [...headerTests(query), ...valueTests(query)];
  return tests.length === 0 ? undefined : (hit) => tests.every((test) => test(hit));
}

function headerTests({ tracepoints, thread }: HitQuery): HitTest[] {
  const tests: HitTest[] = [];
  if (tracepoints) {
    const wanted = new Set(tracepoints);
    tests.push((hit) => wanted.has(hit.tracepoint));
  }
  if (thread !== undefined) tests.push((hit) => hit.tid === thread);
  return tests;
}

function valueTests({ text = '', expression = '' }: HitQuery): HitTest[] {
  const tests: HitTest[] = [];
  if (expression.trim() !== '') {
    const holds = compileTest(parseExpression(expression));
    tests.push((hit) => holds(hit.values()));
  }
  if (text !== '') {
    const wanted = text.toLowerCase();
    const contains = (part: string | undefined): boolean => part?.toLowerCase().includes(wanted) ?? false;
    tests.push((hit) => {
      if (contains(hit.site.scope?.name)) return true;
      const values = hit.values();
      return (
        contains(hitMessage(hit, values)) || values.some((value) => 'value' in value && contains(value.value))
      );
    });
  }
  return tests;
}
