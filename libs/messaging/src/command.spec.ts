import { describe, expect, it } from '@jest/globals';
import { commandHeaders, readCommand, type Command } from './command.js';
import { header } from './header-name.js';
import { inbound, reasonOf, without } from './record.fixture.js';

const command: Command = {
  id: 'charge/1/do~k.proof.1',
  type: 'payment.charge',
  source: '/skald/shop',
  at: Date.parse('2026-01-31T12:00:00.250Z'),
  saga: '0196f0a0-0000-7abc-8000-000000000001',
  operation: 'charge/1/do~k.proof',
  attempt: 1,
  sagaType: 'order-fulfilment',
  step: 'charge',
  revision: 3,
  replyTo: 'shop.home',
  replyPartition: 7,
  hops: 1,
  trace: {},
  data: { amount: 12.5 },
};

const full: Command = {
  ...command,
  deadline: Date.parse('2026-01-31T12:30:00Z'),
  compensates: 'charge/1/do~k.proof',
  verifies: 'charge/1/do~k.proof',
  supersedes: ['charge/1/do~k.other', 'weigh@a,b/2/do~k.other'],
  trace: { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, tracestate: 'v=1', baggage: 'tenant=x' },
};

function sent(what: Command) {
  return inbound(commandHeaders(what, 'e1'), JSON.stringify(what.data));
}

describe('a command', () => {
  it.each([
    ['with nothing optional', command],
    ['with everything', full],
  ])('is read as it was written, %s', (_, what) => {
    expect(readCommand(sent(what))).toEqual(what);
  });

  it('travels as a CloudEvent', () => {
    expect(commandHeaders(command, 'e1')).toMatchObject({
      ce_specversion: '1.0',
      ce_id: 'charge/1/do~k.proof.1',
      ce_type: 'payment.charge',
      ce_time: '2026-01-31T12:00:00.250Z',
      ce_correlationid: command.saga,
      ce_causationid: 'e1',
    });
  });

  it('has no header for what it lacks', () => {
    const names = Object.keys(commandHeaders(command, 'e1'));

    expect(names).not.toContain(header.deadline);
    expect(names).not.toContain(header.compensates);
    expect(names).not.toContain(header.traceparent);
  });

  it.each([
    header.id,
    header.type,
    header.source,
    header.correlation,
    header.operation,
    header.replyTo,
    header.attempt,
  ])('cannot be read without %s', (name) => {
    const headers = without(commandHeaders(command, 'e1'), name);

    expect(reasonOf(() => readCommand(inbound(headers, '{}')))).toBe('missing-header');
  });

  it.each([
    [header.attempt, 'first'],
    [header.replyPartition, '-1'],
    [header.time, 'yesterday'],
    [header.deadline, '2026-01-31T12:00:00'],
  ])('cannot be read when %s is "%s"', (name, text) => {
    const headers = { ...commandHeaders(command, 'e1'), [name]: text };

    expect(reasonOf(() => readCommand(inbound(headers, '{}')))).toBe('malformed-header');
  });

  it('cannot be read when its value is not JSON', () => {
    expect(reasonOf(() => readCommand(inbound(commandHeaders(command, 'e1'), '{')))).toBe('not-json');
  });
});
