/** Names as a sentence lists them: `'mu', 'logvar'`. */
export function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
