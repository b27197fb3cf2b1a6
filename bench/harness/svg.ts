/** Parts of the charts. */
export const ink = '#333333';
export const faint = '#e4e4e4';

/** A whole file. A title is printed smaller where it is long: about half the size is a letter's width. */
export function svgFile(width: number, height: number, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    svgText(16, 24, title, 'start', Math.min(15, Math.floor((1.9 * (width - 32)) / title.length))),
    ...content,
    '</svg>',
    '',
  ].join('\n');
}

export function line(x1: number, y1: number, x2: number, y2: number, colour: string): string {
  const [a, b, c, d] = [x1, y1, x2, y2].map((value) => value.toFixed(1));
  return `<line x1="${a}" y1="${b}" x2="${c}" y2="${d}" stroke="${colour}"/>`;
}

export function svgText(
  x: number,
  y: number,
  content: string,
  anchor: 'start' | 'middle' | 'end',
  size?: number,
): string {
  const font = size === undefined ? '' : ` font-size="${size}"`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" fill="${ink}" text-anchor="${anchor}"${font}>${content}</text>`;
}

/** Maps numbers between low and high to pixels between begin and end by their logarithms. */
export function logScale(low: number, high: number, begin: number, end: number): (value: number) => number {
  return (value) => begin + (Math.log(value / low) / Math.log(high / low)) * (end - begin);
}

/** 1, 2, 5 and these times powers of ten, between low and high; whole powers alone where there are many. */
export function logMarks(low: number, high: number): readonly number[] {
  const powers = Array.from({ length: 12 }, (_, i) => 10 ** (i - 3));
  const digits = high / low > 1000 ? [1] : [1, 2, 5];
  return powers.flatMap((power) => digits.map((digit) => digit * power)).filter((mark) => mark >= low && mark <= high);
}
