import { expect, test } from 'vitest';
import { openTerminal } from '../../cli/terminal.ts';
import { record } from './recorder.ts';

test('a status line is redrawn on a terminal and taken away before other lines', () => {
  const { terminal, out, err } = record({ isTTY: true });
  terminal.status('epoch 1');
  terminal.status('epoch 2');
  terminal.err('note');
  terminal.out('result');
  terminal.status('');
  const clear = '\r\u001b[2K';
  expect(err()).toBe(`epoch 1${clear}epoch 2${clear}note\nepoch 2${clear}epoch 2${clear}`);
  expect(out()).toBe('result\n');
});

test('off a terminal there is no status line and no escape code', () => {
  const { terminal, err } = record();
  terminal.status('epoch 1');
  terminal.err('note');
  expect(err()).toBe('note\n');
  expect(terminal.colour).toBe(false);
});

test('colours need a terminal that is not dumb, and no NO_COLOR', () => {
  expect(record({ isTTY: true }).terminal.colour).toBe(true);
  expect(record({ isTTY: true, env: { NO_COLOR: '1' } }).terminal.colour).toBe(false);
  expect(record({ isTTY: true, env: { NO_COLOR: '' } }).terminal.colour).toBe(true);
  expect(record({ isTTY: true, env: { TERM: 'dumb' } }).terminal.interactive).toBe(false);
});

test('a width that is not known, or cannot be one, is 80 columns', () => {
  const width = (columns?: number) => {
    const stream = { write: () => true };
    const stderr = { ...stream, isTTY: true, ...(columns !== undefined && { columns }) };
    return openTerminal({ stdout: stream, stderr, env: {} }).columns;
  };
  expect([width(), width(0), width(1), width(20), width(132)]).toEqual([80, 80, 80, 20, 132]);
});
