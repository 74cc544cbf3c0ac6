import type { OrdinalOperator } from '../capture/plan';

/** Which hits, by their ordinals from 1. */
export interface HitCondition {
  readonly operator: OrdinalOperator;
  readonly value: number;
}

/** `N`, `=N` and `==N`: the Nth; `>N`, `>=N`, `<N`, `<=N`; `%N`: every Nth. Undefined where it is none of these, or no hit could meet it. */
export function parseHitCondition(text: string): HitCondition | undefined {
  const match = /^\s*(==?|>=?|<=?|%)?\s*(\d{1,15})\s*$/.exec(text);
  if (!match) return undefined;
  const written = match[1] ?? '=';
  const operator = written === '=' ? '==' : (written as OrdinalOperator);
  const value = Number(match[2]);
  const least = LEAST[operator];
  return value < least ? undefined : { operator, value };
}

/** The least value that some hit meets, or that means anything. */
const LEAST: Readonly<Record<OrdinalOperator, number>> = {
  '==': 1,
  '<': 2,
  '<=': 1,
  '%': 1,
  '>': 0,
  '>=': 0,
};
