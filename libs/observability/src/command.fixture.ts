import type { Command } from '#libs/messaging';
import { saga } from './saga.fixture.js';

/** Where {@link command} belongs to. */
export const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;

/** A command to a participant. */
export const command: Command = {
  id: 'charge/1/do~1.x.1',
  type: 'payment.charge',
  source: '/skald/spec',
  at: 1_750_000_000_000,
  saga,
  operation: 'charge/1/do~1.x',
  attempt: 1,
  sagaType: 'order-fulfilment',
  step: 'charge',
  revision: 2,
  replyTo: 'skald.home',
  replyPartition: 4,
  hops: 1,
  trace: { traceparent, baggage: 'tenant=a' },
  data: { secret: 'card' },
};
