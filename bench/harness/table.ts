/** Tables for a terminal, as vaec itself prints them. */
export { digits, table } from '../../runtime/profile/table.ts';
