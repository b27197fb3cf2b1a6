import { expect, test } from 'vitest';
import { piecesOf, positiveInteger, seconds, setting, threadCount, wholeNumber } from '../../cli/options.ts';

test('--set keeps what was written, and refuses anything but NAME=value once', () => {
  expect(setting('latent=8')).toEqual({ latent: '8' });
  expect(setting('beta = 0.5', { latent: '8' })).toEqual({ latent: '8', beta: '0.5' });
  expect(setting('s=warmup(0 -> 1, epochs: 2)')).toEqual({ s: 'warmup(0 -> 1, epochs: 2)' });
  for (const wrong of ['latent', 'latent=', '=8', '2x=8', ''])
    expect(() => setting(wrong), wrong).toThrow('NAME=value');
  expect(() => setting('a=1', { a: '2' })).toThrow('set twice');
});

test('--without keeps names of pieces of fusion, and lists them where one is not known', () => {
  expect(piecesOf('epilogues, in-place')).toEqual(['epilogues', 'in-place']);
  expect(piecesOf('prologues', ['epilogues'])).toEqual(['epilogues', 'prologues']);
  for (const wrong of ['epilogue', 'epilogues,', 'toString', ''])
    expect(() => piecesOf(wrong), wrong).toThrow(
      /fusion has no piece ".*"; it has epilogues, prologues, .*, in-place\.$/,
    );
});

test('whole numbers are read exactly', () => {
  expect(wholeNumber('0')).toBe(0);
  expect(positiveInteger('12')).toBe(12);
  for (const wrong of ['-1', '1.5', '1e3', 'x', '', '9007199254740993']) {
    expect(() => wholeNumber(wrong), wrong).toThrow('a whole number of at least 0 is needed.');
  }
  for (const wrong of ['0', '-3', '1.5', 'abc', '']) {
    expect(() => positiveInteger(wrong), wrong).toThrow('a whole number of at least 1 is needed.');
  }
});

test('threads are counted from 1, and there is a most', () => {
  expect(threadCount('1')).toBe(1);
  expect(threadCount('64')).toBe(64);
  expect(() => threadCount('0')).toThrow('at least 1');
  expect(() => threadCount('1000')).toThrow('at most 256 threads');
});

test('times have units', () => {
  expect([seconds('90'), seconds('90s'), seconds('1.5m'), seconds('2h')]).toEqual([90, 90, 90, 7200]);
  for (const wrong of ['0', '-1', 'm', '5d', '']) expect(() => seconds(wrong), wrong).toThrow('time above 0');
});
