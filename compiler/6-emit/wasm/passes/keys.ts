/** Numbers for values: two have the same number only where they are written the same. */
import type { Code, Local } from '../ir.ts';
import { partsOf } from '../ir.ts';

export class Keys {
  readonly #numbers = new Map<string, number>();
  #known = new Map<Code, number>();
  readonly #locals = new Map<Local, string>();
  #sets = 0;

  of(code: Code): number {
    const before = this.#known.get(code);
    if (before !== undefined) return before;
    const text = this.#head(code) + partsOf(code).map((part) => this.of(part)).join(' '); // prettier-ignore
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    this.#known.set(code, number);
    return number;
  }

  /** The locals hold other values from here on. */
  changed(locals: ReadonlySet<Local>): void {
    if (locals.size === 0) return;
    for (const local of locals) this.#locals.set(local, `${local.name} ${this.#sets++}`);
    this.#known = new Map();
  }

  #head(code: Code): string {
    switch (code.kind) {
      case 'number':
        return `${code.type} ${word(code.value)}`;
      case 'vector':
        return `${code.lanes} ${code.values.map(word).join(' ')}`;
      case 'get':
        return `get ${this.#locals.get(code.local) ?? code.local.name}`;
      case 'apply':
        return `${code.operation} ${code.lane ?? ''}:`;
      case 'shuffle':
        return `shuffle ${code.lanes.join(' ')}:`;
      case 'load':
        return `${code.load} ${code.offset}:`;
      case 'call':
        return `call ${code.callee.name}:`;
    }
  }
}

function word(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}
