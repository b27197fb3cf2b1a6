import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { failureOf, reportFailure, ToldError } from '../../cli/failure.ts';
import { interrupted } from '../../cli/interrupt.ts';
import { EnvironmentError, InternalError, UsageError, UserError, VaecError } from '../../runtime/errors.ts';
import { record } from './recorder.ts';

test('each class of failure has its exit code and keeps its message', () => {
  expect(failureOf(new UserError('the file is short'), false)).toEqual({
    message: 'error: the file is short',
    exitCode: 1,
  });
  expect(failureOf(new UsageError('no such option'), false).exitCode).toBe(2);
  expect(failureOf(new EnvironmentError('no adapter'), false).exitCode).toBe(3);
  expect(failureOf(new InternalError('a node has no shape'), false).exitCode).toBe(70);
});

test('an interruption is no error', () => {
  const stopped = new VaecError('stopped at step 3, and kept', interrupted);
  expect(failureOf(stopped, false)).toEqual({ message: 'stopped at step 3, and kept', exitCode: 130 });
});

test('anything unexpected is ours: it asks for a report and shows its stack only when asked', () => {
  const { message, exitCode } = failureOf(new TypeError('x is not a function\nsecond line'), false);
  expect(exitCode).toBe(70);
  expect(message).toContain('please report it');
  expect(message).not.toContain('second line');
  expect(message).not.toContain('failure.test.ts');
  expect(failureOf(new TypeError('x'), true).message).toContain('failure.test.ts');
});

test('a system error that names a file is told in words, exit 1', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vaec-failure-'));
  try {
    writeFileSync(join(folder, 'file'), '');
    let thrown: unknown;
    try {
      mkdirSync(join(folder, 'file', 'below'));
    } catch (error) {
      thrown = error;
    }
    const { message, exitCode } = failureOf(thrown, false);
    expect(exitCode).toBe(1);
    expect(message).toContain('is not a folder');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what was told already is not told twice', () => {
  const { terminal, err } = record();
  expect(reportFailure(new ToldError(2), terminal, false)).toBe(2);
  expect(err()).toBe('');
});
