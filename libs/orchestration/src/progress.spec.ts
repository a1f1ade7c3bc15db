import { describe, expect, it } from '@jest/globals';
import type { Effect, SettledEffect, WaitedEffect } from '#libs/saga';
import { isProgress } from './progress.js';

const due = { kind: 'due', now: 2 } as const;

const settled: SettledEffect = {
  kind: 'settled',
  operation: 'charge/1/do',
  block: 'charge',
  direction: 'do',
  call: 'payment.charge',
  outcome: 'succeeded',
  attempts: 1,
  startedAt: 1,
  endedAt: 2,
};

const waited: WaitedEffect = {
  kind: 'waited',
  id: 'paid/1/wait',
  channel: 'event',
  block: 'paid',
  outcome: 'came',
  startedAt: 1,
  endedAt: 2,
};

const sentAgain: Effect = {
  kind: 'open',
  operation: 'charge/1/do',
  attempt: 2,
  block: 'charge',
  direction: 'do',
  call: 'payment.charge',
  data: {},
};

describe('an input brings a saga forward', () => {
  it.each<[string, readonly Effect[]]>([
    ['an exchange succeeds', [settled]],
    ['a participant refuses', [{ ...settled, outcome: 'rejected' }]],
    ['an undo is not needed', [{ ...settled, outcome: 'skipped' }]],
    ['what was waited for comes', [waited]],
    ['a default is taken', [{ ...waited, outcome: 'defaulted' }]],
    ['it ends', [{ kind: 'finish', status: 'completed' }]],
  ])('when %s', (_, effects) => {
    expect(isProgress({ input: due, effects })).toBe(true);
  });
});

describe('an input is in vain', () => {
  it.each<[string, readonly Effect[]]>([
    ['nothing comes of it', []],
    ['a command is sent again', [sentAgain]],
    ['a participant fails for good', [{ ...settled, outcome: 'failed' }]],
    ['nobody knows what came of a command', [{ ...settled, outcome: 'unknown' }]],
    ['a wait is withdrawn', [{ ...waited, outcome: 'withdrawn' }]],
    [
      'a person is needed',
      [{ kind: 'incident', open: true, id: 'i', block: 'charge', code: 'UNKNOWN', message: '' }],
    ],
  ])('when %s', (_, effects) => {
    expect(isProgress({ input: due, effects })).toBe(false);
  });
});
