/** plan.json to be read: JSON a field a line, but lists of numbers (shapes, offsets, tables) in as few lines as they fit. */
import type { Plan } from '../compiler/5-kernel/plan.ts';

const width = 120;

/** The text of plan.json; the same plan gives the same bytes, and JSON.parse gives the plan. */
export function planText(plan: Plan): string {
  // No text within JSON holds a line break: what matches here is a list that JSON.stringify has laid out.
  const list = /^(.*)\[\n\s+(-?\d[^[\]{}"]*)\n( *)\]/gm;
  const laid = JSON.stringify(plan, null, 1).replace(list, (_, head: string, items: string, indent: string) => {
    const numbers = items.split(/,\s+/);
    const line = `${head}[${numbers.join(', ')}]`;
    return line.length < width ? line : `${head}[\n${filled(numbers, `${indent} `)}\n${indent}]`;
  });
  return `${laid}\n`;
}

/** The numbers with commas between them, in lines no longer than a page is wide. */
function filled(numbers: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const [i, number] of numbers.entries()) {
    const item = i === numbers.length - 1 ? number : `${number},`;
    const longer = line === '' ? indent + item : `${line} ${item}`;
    if (line !== '' && longer.length > width) {
      lines.push(line);
      line = indent + item;
    } else line = longer;
  }
  return [...lines, line].join('\n');
}
