/** Where something stands in a source file: [start, end) in UTF-16 code units. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}
