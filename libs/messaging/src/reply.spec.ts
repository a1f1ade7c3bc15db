import { describe, expect, it } from '@jest/globals';
import { readCommand, type Command } from './command.js';
import { header } from './header-name.js';
import { inbound, reasonOf, without } from './record.fixture.js';
import { commandId, readReply, replyHeaders, type Answer } from './reply.js';

const command: Command = {
  id: commandId('charge/1/do~k.proof', 2),
  type: 'payment.charge',
  source: '/skald/shop',
  at: 0,
  saga: '0196f0a0-0000-7abc-8000-000000000001',
  operation: 'charge/1/do~k.proof',
  attempt: 2,
  sagaType: 'order-fulfilment',
  step: 'charge',
  revision: 3,
  replyTo: 'shop.home',
  replyPartition: 7,
  hops: 1,
  trace: {},
  data: null,
};
const at = Date.parse('2026-01-31T12:00:00Z');

function replied(answer: Answer) {
  return inbound(replyHeaders(command, answer, '/payment', at, {}), JSON.stringify(answer.data));
}

const succeeded = replyHeaders(command, { outcome: 'succeeded' }, '/payment', at, {});

describe('a reply', () => {
  it.each<Answer>([
    { outcome: 'succeeded', data: { receipt: 'r1' } },
    { outcome: 'rejected', error: 'no-cover', data: { missing: 3 } },
    { outcome: 'failed', error: 'unavailable', retryAfterMs: 5_000, data: null },
    { outcome: 'failed', error: 'no-such-warehouse', retryAfterMs: 'never', data: null },
    { outcome: 'accepted', data: null },
    { outcome: 'succeeded', usage: 'tokens=1840', data: null },
    { outcome: 'rejected', error: 'no-cover', usage: 'no amount at all', data: null },
  ])('is read as it was given: $outcome $usage', (answer) => {
    expect(readReply(replied(answer))).toEqual({
      ...answer,
      id: `${command.id}.${answer.outcome}`,
      source: '/payment',
      saga: command.saga,
      causation: command.id,
      operation: command.operation,
      attempt: 2,
      trace: {},
    });
  });

  it('is named by its command and outcome', () => {
    expect(succeeded).toMatchObject({
      ce_type: 'payment.charge.succeeded',
      ce_id: `${command.id}.succeeded`,
    });
  });

  it('asks for whole seconds of patience, rounded up', () => {
    const headers = replyHeaders(command, { outcome: 'failed', retryAfterMs: 1_001 }, '/payment', at, {});

    expect(headers[header.retryAfter]).toBe('2');
  });

  it('is no command', () => {
    expect(reasonOf(() => readCommand(inbound(succeeded, 'null')))).toBe('missing-header');
  });

  it.each([header.outcome, header.causation, header.operation, header.correlation, header.id])(
    'cannot be read without %s',
    (name) => {
      expect(reasonOf(() => readReply(inbound(without(succeeded, name), 'null')))).toBe('missing-header');
    },
  );

  it.each([
    [header.outcome, 'unknown'],
    [header.outcome, 'Succeeded'],
    [header.causation, 'charge/1/do~k.proof'],
    [header.causation, '42x'],
    [header.retryAfter, '1.5'],
    [header.retryAfter, 'later'],
    [header.retryAfter, 'Wed, 21 Oct 2026 07:28:00 GMT'],
  ])('cannot be read when %s is "%s"', (name, text) => {
    expect(reasonOf(() => readReply(inbound({ ...succeeded, [name]: text }, 'null')))).toBe(
      'malformed-header',
    );
  });
});
