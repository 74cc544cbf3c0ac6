import type { AddressContext } from '../dwarf/scope';
import type { TypedExpression } from '../expression/typed';
import type { CaptureGap } from './captured';
import { MAX_STEPS, type Capture, type ScalarSize, type Value } from './ir';
import { Operands } from './operand';
import { StepBuilder } from './stepBuilder';

/**
 * Compiles a condition for one address: a capture that is 1 where C takes the expression for true, otherwise 0. Operands are
 * evaluated as C does it, so that `p && p->n > 3` reads nothing where p is null; what C leaves undefined fails.
 */
export const lowerCondition = (typed: TypedExpression, context: AddressContext): Capture | CaptureGap =>
  lowerScalar(context, 1, (operands) => operands.truthOf(typed));

/** Compiles an expression that is compared with its value at the hit before. */
export const lowerCompared = (typed: TypedExpression, context: AddressContext): Capture | CaptureGap =>
  lowerScalar(context, 8, (operands) => operands.valueOf(typed));

function lowerScalar(
  context: AddressContext,
  size: ScalarSize,
  lower: (operands: Operands) => Value | CaptureGap,
): Capture | CaptureGap {
  const builder = new StepBuilder();
  const value = lower(new Operands(context, builder, 'failing'));
  if (typeof value !== 'number') return value;
  const capture = builder.finish({ kind: 'scalar', value, size });
  return capture.steps.length <= MAX_STEPS
    ? capture
    : { code: 'undecodable', detail: `over ${MAX_STEPS} steps` };
}
