/** The WGSL text of a legal kernel. Decides nothing. */
import type { KernelEmitter } from '../../5-kernel/emitter.ts';
import type { LocalArray, Matrix, MatrixPlace, Statement } from '../../5-kernel/schedule/loops.ts';
import type { ScheduledKernel } from '../../5-kernel/schedule/scheduled.ts';
import { expressionText } from './expression.ts';
import { legalise } from './legalise.ts';
import type { WgslBinding, WgslFunction, WgslKernel } from './program.ts';
import { literalText, typeName } from './types.ts';
import { codeLines, commentLines } from './wrap.ts';

export const wgslEmitter: KernelEmitter = { ending: 'wgsl', emit: (kernel) => ({ text: emitWgsl(kernel) }) };

/** A scheduled kernel as a WGSL module; its entry point is the kernel's name. */
export function emitWgsl(kernel: ScheduledKernel): string {
  return printWgsl(legalise(kernel));
}

export function printWgsl(kernel: WgslKernel): string {
  const sections: readonly (readonly string[])[] = [
    kernel.documentation.flatMap(commentLines),
    kernel.enables.map((feature) => `enable ${feature};`),
    uniformBlock(kernel),
    bindings(kernel.bindings),
    kernel.constants.map(({ name, value, scalar }) => `const ${name} = ${literalText(value, scalar)};`),
    kernel.shared.map((array) => `var<workgroup> ${array.name} : ${arrayType(array)};`),
    ...kernel.functions.map(functionText),
    entryPoint(kernel),
  ];
  return (
    sections
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.join('\n'))
      .join('\n\n') + '\n'
  );
}

function uniformBlock({ uniforms }: WgslKernel): readonly string[] {
  if (uniforms.length === 0) return [];
  const members = uniforms.map(({ name, element }) => `  ${name} : ${element},`);
  return ['struct Scalars {', ...members, '}', '@group(0) @binding(0) var<uniform> scalars : Scalars;'];
}

function bindings(all: readonly WgslBinding[]): readonly string[] {
  const declared = all.map(({ name, number, access, element }) => ({
    head: `@group(0) @binding(${number}) var<storage, ${access}>`,
    body: `${name} : array<${element}>;`,
  }));
  const head = Math.max(...declared.map((line) => line.head.length));
  const body = Math.max(...declared.map((line) => line.body.length));
  return declared.map((line, i) => `${line.head.padEnd(head)} ${line.body.padEnd(body)}  // ${all[i]!.comment}`);
}

function functionText({ name, documentation, parameters, lets, result }: WgslFunction): readonly string[] {
  const type = typeName(result.scalar, result.width);
  const args = parameters.map((parameter) => `${parameter.name} : ${typeName(parameter.scalar, parameter.width)}`);
  return [
    ...documentation.split('\n').flatMap(commentLines),
    `fn ${name}(${args.join(', ')}) -> ${type} {`,
    ...lets.flatMap(({ variable, value }) => codeLines(`  let ${variable.name} = ${expressionText(value)};`)),
    ...codeLines(`  return ${expressionText(result)};`),
    '}',
  ];
}

function entryPoint({ name, workgroupSize, places, statements }: WgslKernel): readonly string[] {
  const args = [
    ...(places.has('group') ? ['@builtin(workgroup_id) group : vec3u'] : []),
    ...(places.has('lane') ? ['@builtin(local_invocation_index) lane : u32'] : []),
    ...(places.has('subgroup') ? ['@builtin(subgroup_id) subgroup : u32'] : []),
  ];
  const size =
    workgroupSize[2] !== 1 ? workgroupSize : workgroupSize[1] !== 1 ? workgroupSize.slice(0, 2) : [workgroupSize[0]];
  const oneLine = `fn ${name}(${args.join(', ')}) {`;
  return [
    `@compute @workgroup_size(${size.join(', ')})`,
    ...(oneLine.length <= 120 ? [oneLine] : [`fn ${name}(`, ...args.map((arg) => `  ${arg},`), ') {']),
    ...statements.flatMap((statement) => statementText(statement, '  ')),
    '}',
  ];
}

function statementText(statement: Statement, indent: string): readonly string[] {
  const inner = `${indent}  `;
  const block = (statements: readonly Statement[]): readonly string[] =>
    statements.flatMap((child) => statementText(child, inner));
  switch (statement.kind) {
    case 'comment':
      return [`${indent}// ${statement.text}`];
    case 'declare': {
      const { variable, value } = statement;
      return codeLines(`${indent}${variable.mutable ? 'var' : 'let'} ${variable.name} = ${expressionText(value)};`);
    }
    case 'assign':
      return codeLines(`${indent}${assignment(statement)};`);
    case 'store':
      return codeLines(
        `${indent}${statement.binding.name}[${expressionText(statement.index)}] = ${expressionText(statement.value)};`,
      );
    case 'array': {
      const { array, values } = statement;
      const type = arrayType(array);
      if (values === undefined) return [`${indent}var ${array.name} = ${type}();`];
      return codeLines(`${indent}var ${array.name} = ${type}(${values.map(expressionText).join(', ')});`);
    }
    case 'put':
      return codeLines(
        `${indent}${statement.array.name}[${expressionText(statement.index)}] = ${expressionText(statement.value)};`,
      );
    case 'for': {
      const { variable, from, below, step, body } = statement;
      const { name } = variable;
      const advance = step.kind === 'literal' && step.value === 1 ? `${name}++` : `${name} += ${expressionText(step)}`;
      const head = `var ${name} = ${expressionText(from)}; ${name} < ${expressionText(below)}; ${advance}`;
      return [`${indent}for (${head}) {`, ...block(body), `${indent}}`];
    }
    case 'if': {
      const condition = expressionText(statement.condition);
      const [only] = statement.then;
      if (statement.then.length === 1 && only!.kind === 'return') return [`${indent}if (${condition}) { return; }`];
      const otherwise = statement.otherwise.length === 0 ? [] : [`${indent}} else {`, ...block(statement.otherwise)];
      return [...codeLines(`${indent}if (${condition}) {`), ...block(statement.then), ...otherwise, `${indent}}`];
    }
    case 'matrix': {
      const { matrix, from } = statement;
      const type = matrixType(matrix);
      if (from === undefined) return [`${indent}var ${matrix.name} = ${type}();`];
      const text = `subgroupMatrixLoad<${type}, ${orderOf(from)}>(${memoryText(from)}, ${from.stride}u)`;
      return codeLines(`${indent}let ${matrix.name} = ${text};`);
    }
    case 'multiply': {
      const { sum, left, right } = statement;
      const args = [left, right, sum].map(({ name }) => name).join(', ');
      return codeLines(`${indent}${sum.name} = subgroupMatrixMultiplyAccumulate(${args});`);
    }
    case 'put-matrix': {
      const { matrix, to } = statement;
      const args = `${memoryText(to)}, ${matrix.name}, ${to.stride}u`;
      return codeLines(`${indent}subgroupMatrixStore<${orderOf(to)}>(${args});`);
    }
    case 'barrier':
      return [`${indent}workgroupBarrier();`];
    case 'return':
      return [`${indent}return;`];
  }
}

/** s = s + x is s += x. */
function assignment({ variable, value }: Extract<Statement, { kind: 'assign' }>): string {
  const signs = new Map<string, string>([
    ['add', '+='],
    ['sub', '-='],
    ['mul', '*='],
  ]);
  if (value.kind === 'builtin' && signs.has(value.name)) {
    const [first, second] = value.args;
    const itself = first?.kind === 'variable' && first.variable === variable;
    if (itself) return `${variable.name} ${signs.get(value.name)!} ${expressionText(second!)}`;
  }
  return `${variable.name} = ${expressionText(value)}`;
}

/** Columns stand before rows, which are as many. */
function matrixType({ part }: Matrix): string {
  return `subgroup_matrix_${part}<f32, 8, 8>`;
}

function orderOf({ transposed }: MatrixPlace): string {
  return transposed ? 'col_major' : 'row_major';
}

function memoryText({ array, index }: MatrixPlace): string {
  return `&${array.name}, ${expressionText(index)}`;
}

function arrayType({ scalar, width, length }: LocalArray): string {
  return `array<${typeName(scalar, width)}, ${length}>`;
}
