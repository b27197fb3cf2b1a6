/** Matches a call's arguments to parameters, by position and by name. */
import type { Argument, Expr } from '../1-syntax/ast.ts';
import type { Span } from '../diagnostics/span.ts';
import { didYouMeanOf } from '../diagnostics/suggest.ts';
import type { Frame } from './context.ts';

export interface Formal {
  readonly name: string;
  readonly optional?: boolean;
  /** Takes part only by its name: `init:`. */
  readonly named?: boolean;
}

/** The expression given for each parameter; undefined (and reported) where they do not match. */
export function matchArguments(
  of: string,
  formals: readonly Formal[],
  args: readonly Argument[],
  span: Span,
  frame: Frame,
): Map<string, Expr> | undefined {
  const { session } = frame.context;
  const given = new Map<string, Expr>();
  let sound = true;
  let position = 0;
  const positional = formals.filter((formal) => !formal.named);
  for (const arg of args) {
    let name = arg.name?.text;
    if (name === undefined) {
      name = positional[position++]?.name;
      if (name === undefined) {
        session.report('too-many-arguments', arg.span, { of, limit: positional.length });
        sound = false;
        continue;
      }
    } else if (!formals.some((formal) => formal.name === name)) {
      const hint = didYouMeanOf(
        name,
        formals.map((formal) => formal.name),
      );
      session.report('unknown-argument', arg.span, { of, name, hint });
      sound = false;
      continue;
    }
    if (given.has(name)) {
      session.report('repeated-argument', arg.span, { name });
      sound = false;
    } else given.set(name, arg.value);
  }
  for (const formal of formals) {
    if (formal.optional || given.has(formal.name)) continue;
    session.report('missing-argument', span, { of, name: formal.name });
    sound = false;
  }
  return sound ? given : undefined;
}
