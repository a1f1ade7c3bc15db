import { deriveSagaId, type Command } from '#libs/messaging';
import type { HttpCommand, HttpParticipant } from './http-participant.js';

const saga = deriveSagaId({
  installation: 'test',
  definition: 'order',
  businessKey: 'o-1',
  source: '/test',
  eventId: '1',
  at: 1,
});

/** A command to `payment.charge`. */
export function command(change: Partial<Command> = {}): Command {
  return {
    id: 'charge/1/do~k1.proof.1',
    operation: 'charge/1/do~k1.proof',
    attempt: 1,
    type: 'payment.charge',
    source: '/skald/test',
    saga,
    at: 1,
    sagaType: 'order',
    step: 'charge',
    revision: 1,
    hops: 0,
    replyTo: 'test.home',
    replyPartition: 0,
    trace: {},
    data: { orderId: 'o-1', amount: 7 },
    ...change,
  };
}

/** A participant that is called at `base` by one command, `payment.charge`. */
export function participant(
  call: Partial<HttpCommand> = {},
  change: Partial<HttpParticipant> = {},
): HttpParticipant {
  const charge = { method: 'POST', path: '/v1/charges', statuses: {}, hasEffect: true, ...call };
  return {
    name: 'payment',
    base: 'https://payment.example/api',
    calls: new Map([['payment.charge', charge]]),
    ...change,
  };
}
