/** Tensor IR as text, one node a line; the numbers count within the function, so they do not tell what else was built. */
import { ops } from '../ops/index.ts';
import {
  argumentsOf,
  topological,
  type InputSource,
  type Node,
  type OutputTarget,
  type TensorFunction,
  type Window,
} from './ir.ts';

/** `labelOf` gives the names that nodes have in their builder. */
export function printFunction(
  fn: TensorFunction,
  labelOf: (node: Node) => string | undefined = () => undefined,
): string {
  const order = topological(fn.outputs.map((output) => output.node)).filter((node) => splat(node) === undefined);
  const numbers = new Map(order.map((node, i) => [node, `%${i}`]));
  const name = (node: Node): string => numbers.get(node) ?? `${splat(node)}`;
  const lines = order.map((node) => {
    const label = labelOf(node);
    return `  ${name(node)} = ${describe(node, name)}: ${typeOf(node)}${label === undefined ? '' : ` // ${label}`}`;
  });
  const outputs = fn.outputs.map((output) => `  ${output.name}${target(output.target)} <- ${name(output.node)}`);
  return [`function ${fn.name} {`, ...lines, '', ...outputs, '}', ''].join('\n');
}

/** A number that stands everywhere is written where it is used. */
function splat(node: Node): number | undefined {
  if (node.kind === 'constant') return node.value;
  return node.kind === 'broadcast' ? splat(node.arg) : undefined;
}

/** `f32[128, 784]`. */
export function typeOf(node: Node): string {
  return `${node.dtype}[${node.shape.join(', ')}]`;
}

function describe(node: Node, name: (node: Node) => string): string {
  switch (node.kind) {
    case 'constant':
      return `${node.value}`;
    case 'array':
      return `array [${brief(node.values)}]`;
    case 'input':
      return `input ${source(node.source)}`;
    case 'iota':
      return 'iota';
    case 'map': {
      const { infix } = ops[node.op] as { infix?: string };
      return infix === undefined ? call(node.op) : node.args.map(name).join(` ${infix} `);
    }
    case 'reduce':
      return `${node.op} ${name(node.arg)} over ${list(node.axes)}`;
    case 'contract':
      return `contract ${name(node.a)}${list(node.aLabels)} ${name(node.b)}${list(node.bLabels)} -> ${list(node.labels)}`;
    case 'broadcast':
      return `broadcast ${name(node.arg)} at ${list(node.axes)}`;
    case 'reshape':
      return `reshape ${name(node.arg)}`;
    case 'transpose':
      return `transpose ${name(node.arg)} by ${list(node.permutation)}`;
    case 'slice':
      return `slice ${name(node.arg)} from ${list(node.starts)}`;
    case 'pad':
      return `pad ${name(node.arg)} at ${list(node.starts)}`;
    case 'window':
      return `window ${name(node.arg)} ${node.windows.map(windowText).join(', ')}`;
    case 'diagonal':
      return `diagonal ${name(node.arg)} of ${list(node.axes)}`;
    case 'again':
      return `${name(node.arg)} again, after ${name(node.after)}`;
    case 'concat':
      return `${call('concat')} along ${node.axis}`;
    case 'batch':
      return `batch ${node.table.set}.${node.table.field}[${name(node.rows)}]`;
    case 'take':
      return `${name(node.table)}[${name(node.indices)}]`;
    case 'scatter':
      return `scatter ${name(node.updates)} at ${name(node.indices)}`;
    case 'pack':
      return `pack ${node.parts.map((part, i) => `${name(part)} at ${node.offsets[i]}`).join(', ')}`;
  }

  function call(word: string): string {
    return `${word}(${argumentsOf(node).map(name).join(', ')})`;
  }
}

function source(input: InputSource): string {
  return `${input.kind} ${'path' in input ? input.path : input.name}`;
}

function target(output: OutputTarget): string {
  return output.kind === 'result' ? '' : ` (${output.kind} ${output.name})`;
}

/** `axis 1 at 2y + k - 1 for k < 3`, over the divisor where there is one. */
function windowText({ axis, size, stride, dilation, start, divisor }: Window): string {
  const term = (factor: number, variable: string): string => `${factor === 1 ? '' : factor}${variable}`;
  const offset = start === 0 ? '' : start < 0 ? ` - ${-start}` : ` + ${start}`;
  const sign = dilation < 0 ? '-' : '+';
  const position = `${term(stride, 'y')} ${sign} ${term(Math.abs(dilation), 'k')}${offset}`;
  return `axis ${axis} at ${divisor === 1 ? position : `(${position}) / ${divisor}`} for k < ${size}`;
}

function list(numbers: readonly number[]): string {
  return `[${numbers.join(', ')}]`;
}

function brief(values: readonly number[]): string {
  return values.length <= 8 ? values.join(', ') : `${values.slice(0, 6).join(', ')}, … ${values.length} numbers`;
}
