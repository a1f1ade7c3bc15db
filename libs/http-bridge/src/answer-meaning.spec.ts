import { describe, expect, it } from '@jest/globals';
import type { Json } from '#libs/messaging';
import { meaningOf } from './answer-meaning.js';
import type { HttpOutcome } from './http-exchange.js';
import type { HttpCommand } from './http-participant.js';

const now = Date.UTC(2026, 10, 21, 12);

function call(change: Partial<HttpCommand> = {}): HttpCommand {
  return { method: 'POST', path: '/v1', statuses: {}, hasEffect: true, ...change };
}

function answered(status: number, body: Json = null, retryAfter?: string): HttpOutcome {
  return { kind: 'answered', status, body, ...(retryAfter === undefined ? {} : { retryAfter }) };
}

function outcomeOf(outcome: HttpOutcome, change: Partial<HttpCommand> = {}): string {
  const answer = meaningOf(call(change), outcome, now);
  if (answer === undefined) return 'unknown';
  const again = answer.retryAfterMs === 'never' && 'for good';
  return [answer.outcome, answer.error, again].filter(Boolean).join(' ');
}

describe('what a call used up', () => {
  it.each([
    [200, 'succeeded'],
    [400, 'failed'],
  ])('goes with an answer of status %i', (status, outcome) => {
    const heard: HttpOutcome = { kind: 'answered', status, body: null, usage: 'tokens=7' };

    expect(meaningOf(call(), heard, now)).toMatchObject({ outcome, usage: 'tokens=7' });
  });

  it('makes no answer of what is none', () => {
    expect(
      meaningOf(call(), { kind: 'answered', status: 500, body: null, usage: 'tokens=7' }, now),
    ).toBeUndefined();
  });
});

describe('an answer over HTTP to a command with an effect', () => {
  it.each([
    [200, 'succeeded'],
    [201, 'succeeded'],
    [204, 'succeeded'],
    [202, 'accepted'],
    [301, 'unknown'],
    [307, 'failed http-307'],
    [400, 'failed http-400 for good'],
    [401, 'failed http-401'],
    [403, 'failed http-403'],
    [404, 'failed http-404'],
    [405, 'failed http-405 for good'],
    [408, 'unknown'],
    [409, 'unknown'],
    [410, 'failed http-410 for good'],
    [413, 'failed http-413 for good'],
    [415, 'failed http-415 for good'],
    [422, 'failed http-422 for good'],
    [423, 'failed http-423'],
    [425, 'failed http-425'],
    [429, 'failed http-429'],
    [500, 'unknown'],
    [501, 'failed http-501 for good'],
    [502, 'unknown'],
    [503, 'failed http-503'],
    [504, 'unknown'],
  ])('with status %i is %s', (status, meaning) => {
    expect(outcomeOf(answered(status))).toBe(meaning);
  });

  it('means what the contract says first', () => {
    const statuses = {
      '200': 'accepted',
      '404': 'person-not-found',
      '409': 'succeeded',
      '400': 'failed',
      '500': 'failed',
      '403': 'permanent',
    };

    const meanings = [200, 404, 409, 400, 500, 403, 503].map((status) =>
      outcomeOf(answered(status), { statuses }),
    );

    expect(meanings).toEqual([
      'accepted',
      'rejected person-not-found',
      'succeeded',
      'failed http-400',
      'failed http-500',
      'failed http-403 for good',
      'failed http-503',
    ]);
  });

  it('carries the body as output, and as what is known of a refusal', () => {
    const statuses = { '402': 'card-declined' };

    expect(meaningOf(call(), answered(201, { id: 7 }), now)).toEqual({
      outcome: 'succeeded',
      data: { id: 7 },
    });
    expect(meaningOf(call({ statuses }), answered(402, { why: 'limit' }), now)).toEqual({
      outcome: 'rejected',
      error: 'card-declined',
      data: { why: 'limit' },
    });
  });

  it('is unknown when the body of a success could not be read', () => {
    expect(outcomeOf({ kind: 'answered', status: 200 })).toBe('unknown');
  });

  it('is unknown when it was lost, and failed when nothing was sent', () => {
    expect(outcomeOf({ kind: 'lost', reason: 'ECONNRESET' })).toBe('unknown');
    expect(outcomeOf({ kind: 'not-sent', reason: 'ECONNREFUSED' })).toBe('failed unreachable');
  });
});

describe('an answer over HTTP to a question', () => {
  it.each([
    [answered(500), 'failed http-500'],
    [answered(409), 'failed http-409'],
    [answered(400), 'failed http-400 for good'],
    [{ kind: 'lost', reason: 'TimeoutError' } as const, 'failed no-answer'],
    [answered(200), 'succeeded'],
  ])('%j is %s', (outcome, meaning) => {
    expect(outcomeOf(outcome, { hasEffect: false })).toBe(meaning);
  });
});

describe('when a server says to come back', () => {
  it.each([
    ['7', 7_000],
    ['0', 0],
    ['Sat, 21 Nov 2026 12:00:30 GMT', 30_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['999999999', 86_400_000],
    ['soon', undefined],
    [undefined, undefined],
  ])('%s is waited for %s ms', (retryAfter, ms) => {
    const answer = meaningOf(call(), answered(429, null, retryAfter), now);

    expect(answer?.retryAfterMs).toBe(ms);
  });

  it('counts for a failure only', () => {
    expect(meaningOf(call(), answered(200, null, '7'), now)).toEqual({ outcome: 'succeeded', data: null });
  });
});
