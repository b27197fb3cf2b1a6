/** Nets: a call runs the body with the arguments in place; all calls of one net share its weights. */
import type { DeclarationOf, ExprOf, Statement } from '../1-syntax/ast.ts';
import { didYouMean } from '../diagnostics/suggest.ts';
import { Frame } from './context.ts';
import { checkStatement } from './later.ts';
import { asDeclared } from './parameters.ts';
import { readParam } from './params.ts';
import { bindArguments, type Take } from './partial.ts';
import { applying } from './recursion.ts';
import { toTensor } from './tensors.ts';
import { describe, invalid, type NetValue, type Value } from './values.ts';

export function callNet(net: NetValue, expr: ExprOf<'call'>, frame: Frame): Value {
  const { context } = frame;
  const { declaration } = net;
  const name = declaration.name.text;
  const inner = new Frame({
    context,
    program: frame.program,
    scope: net.scope,
    stopped: net.stopped || frame.stopped,
    net: { path: name, isFrozen: net.scope.run !== undefined, counts: new Map() },
  });
  const take: Take = (parameter, value, written) => {
    const { span } = written ?? parameter;
    const tensor = toTensor(frame, value, span);
    return tensor && asDeclared(parameter, tensor, `'${name}'`, span, inner);
  };
  const bound = bindArguments(`the net '${name}'`, declaration.parameters, net.given, expr, frame, inner, take);
  if (bound === undefined) return invalid;
  if (bound.isPartial) return { ...net, given: bound.values };
  const { session } = context;
  const result = applying(context, declaration.body, net.scope, () =>
    session.within([{ span: expr.span, body: declaration.span }], () => runBody(declaration, inner)),
  );
  if (result !== undefined) return result;
  session.report('recursive-call', expr.span, { name });
  return invalid;
}

/** The statements of a net or a function in order; `return a: …, b: …` gives named results. */
export function runBody({ kind, name, body }: DeclarationOf<'function' | 'objective' | 'net'>, frame: Frame): Value {
  for (const statement of body) {
    switch (statement.kind) {
      case 'let':
        assign(statement, frame);
        break;
      case 'param': {
        const { parameter } = statement;
        if (kind !== 'net') {
          const instead = '; declare it at the top of the file, or in a net';
          frame.context.session.report('not-supported', statement.span, { what: `a param in a ${kind}`, instead });
          return invalid;
        }
        frame.values.set(parameter.name.text, readParam(parameter, `${name.text}.${parameter.name.text}`, frame));
        break;
      }
      case 'return':
        return returned(statement, frame);
      case 'sample':
        frame.context.session.report('not-supported', statement.span, { what: `a draw in a ${kind}`, instead: '' });
        return invalid;
      case 'for':
      case 'keep':
        checkStatement(frame.context.session, statement, kind);
        return invalid;
    }
  }
  frame.context.session.report('missing-return', name.span, { name: name.text });
  return invalid;
}

function returned(statement: Extract<Statement, { kind: 'return' }>, frame: Frame): Value {
  const [first, ...others] = statement.values;
  if (first !== undefined && first.name === undefined && others.length === 0) return frame.elaborate(first.value);
  const entries = new Map<string, Value>();
  statement.values.forEach((arg, i) => entries.set(arg.name?.text ?? `result_${i + 1}`, frame.elaborate(arg.value)));
  return { kind: 'record', entries };
}

/** `h = …` or `mu, logvar = encoder(x)`, which goes by name. */
export function assign(statement: Extract<Statement, { kind: 'let' }>, frame: Frame): void {
  const { session } = frame.context;
  for (const target of statement.targets) {
    if (frame.values.has(target.text)) session.report('assigned-twice', target.span, { name: target.text });
  }
  const value = frame.elaborate(statement.value);
  const [only] = statement.targets;
  if (statement.targets.length === 1 && only !== undefined) {
    frame.values.set(only.text, value);
    return;
  }
  for (const target of statement.targets) {
    let part: Value = invalid;
    if (value.kind === 'record') {
      part = value.entries.get(target.text) ?? invalid;
      if (part.kind === 'invalid' && !value.entries.has(target.text)) {
        const hint =
          didYouMean(target.text, value.entries.keys()) || `; it returns ${[...value.entries.keys()].join(', ')}`;
        session.report('unknown-result', target.span, { name: target.text, of: 'this', hint });
      }
    } else if (value.kind !== 'invalid') {
      const params = { expected: 'named results to take apart', found: describe(value) };
      session.report('wrong-type', statement.value.span, params);
      frame.values.set(target.text, invalid);
      return;
    }
    frame.values.set(target.text, part);
  }
}
