import { operandsOf, outputValues, type Capture, type Output, type Step, type Value } from './ir';

/** The capture of an output of these steps' values: with those of the steps that it needs, numbered anew. */
export function sliced(steps: readonly Step[], output: Output): Capture {
  const needed = new Set<Value>();
  const pending = [...outputValues(output)];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (needed.has(value)) continue;
    needed.add(value);
    pending.push(...operandsOf(steps[value]!));
  }
  const order = [...needed].sort((a, b) => a - b);
  const renumbered = new Map(order.map((value, index) => [value, index]));
  const moved = (value: Value): Value => renumbered.get(value)!;
  return {
    steps: order.map((value) => withOperands(steps[value]!, moved)),
    output: renumberedOutput(output, moved),
  };
}

/** The same output of values that have other numbers. */
function renumberedOutput(output: Output, moved: (value: Value) => Value): Output {
  switch (output.kind) {
    case 'scalar':
      return { ...output, value: moved(output.value) };
    case 'memory':
    case 'string':
    case 'readable':
      return { ...output, address: moved(output.address) };
    case 'bytes':
      return { ...output, address: moved(output.address), length: moved(output.length) };
    case 'threadName':
      return output;
  }
}

function withOperands(step: Step, moved: (value: Value) => Value): Step {
  switch (step.op) {
    case 'constant':
    case 'register':
    case 'loadBias':
    case 'threadPointer':
    case 'testThreadName':
    case 'special':
      return step;
    case 'neg':
    case 'not':
    case 'extend':
      return { ...step, operand: moved(step.operand) };
    case 'load':
    case 'testString': {
      const address = moved(step.address);
      return step.guard === undefined ? { ...step, address } : { ...step, address, guard: moved(step.guard) };
    }
    case 'select':
      return {
        op: step.op,
        condition: moved(step.condition),
        then: moved(step.then),
        otherwise: moved(step.otherwise),
      };
    case 'require':
      return { ...step, condition: moved(step.condition), operand: moved(step.operand) };
    default:
      return { ...step, left: moved(step.left), right: moved(step.right) };
  }
}
