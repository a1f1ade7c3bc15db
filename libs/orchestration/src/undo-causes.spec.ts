import { describe, expect, it } from '@jest/globals';
import type { OpenEffect, SettledEffect } from '#libs/saga';
import { undoCausesAfter } from './undo-causes.js';

function opened(operation: string, direction: OpenEffect['direction'] = 'undo'): OpenEffect {
  return { kind: 'open', operation, attempt: 1, block: 'a', direction, call: 'x.y', data: null };
}

function settled(operation: string): SettledEffect {
  const over = { outcome: 'succeeded', attempts: 1, startedAt: 1, endedAt: 2 } as const;
  return { kind: 'settled', operation, block: 'a', direction: 'undo', call: 'x.y', ...over };
}

describe('what undos come of', () => {
  it('is known from their beginning', () => {
    const causes = undoCausesAfter(undefined, [opened('a/1/undo'), opened('b/1/undo')], () => 'refusal');

    expect(causes).toEqual({ 'a/1/undo': 'refusal', 'b/1/undo': 'refusal' });
  });

  it('stays what it was when they are said again', () => {
    const before = { 'a/1/undo': 'refusal' };

    expect(undoCausesAfter(before, [opened('a/1/undo')], () => 'silence')).toBe(before);
  });

  it('is forgotten when they are over', () => {
    const before = { 'a/1/undo': 'refusal', 'b/1/undo': 'refusal' };

    const one = undoCausesAfter(before, [settled('a/1/undo')], () => 'answer');

    expect(one).toEqual({ 'b/1/undo': 'refusal' });
    expect(undoCausesAfter(one, [settled('b/1/undo')], () => 'answer')).toBeUndefined();
  });

  it('is nothing where only work is asked for', () => {
    expect(undoCausesAfter(undefined, [opened('a/1/do', 'do')], () => 'answer')).toBeUndefined();
  });

  it('is nothing where there is no cause', () => {
    expect(undoCausesAfter(undefined, [opened('a/1/undo')], () => undefined)).toBeUndefined();
  });
});
