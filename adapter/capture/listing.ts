import type { Capture, Output, Step, Value } from './ir';

/** A capture as text, a step a line: for tests and for people who debug a plan. Equal captures have equal text. */
export const formatCapture = ({ steps, output }: Capture): string =>
  [
    ...steps.map((step, value) => `${name(value)} = ${formatStep(step)}`),
    `record ${formatOutput(output)}`,
  ].join('\n');

const name = (value: Value): string => `%${value}`;

function formatStep(step: Step): string {
  switch (step.op) {
    case 'constant':
      return step.value.toString();
    case 'register':
      return step.register;
    case 'loadBias':
    case 'threadPointer':
      return step.op;
    case 'neg':
    case 'not':
      return `${step.op} ${name(step.operand)}`;
    case 'extend':
      return `extend ${step.signed ? 'i' : 'u'}${step.bits} ${name(step.operand)}`;
    case 'load':
      return `load ${step.signed ? 'i' : 'u'}${step.size * 8} [${name(step.address)}]${guard(step)}`;
    case 'select':
      return `select ${name(step.condition)} ? ${name(step.then)} : ${name(step.otherwise)}`;
    case 'require':
      return `require ${name(step.condition)}, ${name(step.operand)}`;
    case 'testString':
      return `${step.test} ${quoted(step.text)} [${name(step.address)}]${guard(step)}`;
    case 'testThreadName':
      return `${step.test} ${quoted(step.text)} comm`;
    case 'special':
      return step.name;
    default:
      return `${step.op} ${name(step.left)}, ${name(step.right)}`;
  }
}

const guard = (step: { readonly guard?: Value }): string =>
  step.guard === undefined ? '' : ` if ${name(step.guard)}`;

const quoted = (text: Uint8Array): string => JSON.stringify(Buffer.from(text).toString('latin1'));

function formatOutput(output: Output): string {
  switch (output.kind) {
    case 'scalar':
      return `scalar u${output.size * 8} ${name(output.value)}`;
    case 'memory':
      return `memory ${output.size} bytes at [${name(output.address)}]`;
    case 'string':
      return `string of at most ${output.capacity} bytes at [${name(output.address)}]`;
    case 'readable':
      return `at most ${output.capacity} readable bytes at [${name(output.address)}]`;
    case 'bytes':
      return `${name(output.length)} bytes, at most ${output.capacity}, at [${name(output.address)}]`;
    case 'threadName':
      return 'comm';
  }
}
