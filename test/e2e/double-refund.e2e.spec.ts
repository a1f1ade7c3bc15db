import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand } from '../harness/skald-command.js';

/** `event` starts it; `coolDown` is how long a refund waits. */
const activation = (name: string, event: string, coolDown: string): string => `saga: ${name}
version: 1
key: input.subscriptionId
timeout: 1d
defaults:
  step: { timeout: 1s, retry: { attempts: 3, delay: 200ms } }
  compensate: { coolDown: ${coolDown} }
triggers: [{ event: ${event} }]
steps:
  - step: charge
    call: payment.charge
    compensate:
      call: payment.refund
      unless:
        ask: payment.refund-status
        if: output.refunded
        because: already refunded
  - step: provision
    call: platform.provision
    ifUnknown: undo
    compensate: platform.deprovision
  - step: activate
    call: platform.activate
    pivot: true
---
`;

const documents = `${activation('activate-subscription', 'shop.subscription.ordered', '4s')}${activation(
  'activate-at-leisure',
  'shop.subscription.ordered-at-leisure',
  '30s',
)}participant: payment
commands:
  charge: { undoneBy: payment.refund }
  refund: {}
  refund-status: { effect: none, output: { type: object, properties: { refunded: { type: boolean } } } }
---
participant: platform
commands:
  provision: { rejects: [sold-out], undoneBy: platform.deprovision }
  deprovision: {}
  activate: {}
`;

jest.setTimeout(60_000);

let bench: SagaBench;
/** What people paid back past the saga. */
let byHand: string[] = [];

beforeAll(async () => {
  bench = await startSagaBench({ name: 'double-refund', documents });
  bench.participants.behave('payment.refund-status', ({ key }) => ({
    succeeded: { refunded: byHand.includes(key) },
  }));
}, 120_000);

beforeEach(() => {
  byHand = [];
});

afterAll(async () => {
  await bench?.discard();
});

async function order(subscriptionId: string, event = 'shop.subscription.ordered'): Promise<void> {
  await bench.publish(event, { subscriptionId, price: 900 });
}

/** Ordered and refused, so that the money is due back once the cool-down is over. */
async function refused(subscriptionId: string, event?: string): Promise<void> {
  bench.participants.behave('platform.provision', { rejected: 'sold-out' }, { key: subscriptionId });
  await order(subscriptionId, event);
  await bench.until('is to be undone', subscriptionId, ({ status }) => status === 'compensating');
}

/** How often the money went back, by the saga and by hand. */
function refunds(key: string): number {
  const bySaga = bench.participants.done(key).filter((command) => command === 'payment.refund');
  return bySaga.length + byHand.filter((one) => one === key).length;
}

describe('a refund that is due after a cool-down', () => {
  it('is made once when nobody else makes it', async () => {
    await refused('s-plain');

    expect(refunds('s-plain')).toBe(0);
    expect(await bench.ended('s-plain')).toMatchObject({ status: 'compensated' });
    expect(refunds('s-plain')).toBe(1);
    expect(bench.participants.standing('s-plain')).toEqual([]);
  });

  it('is skipped with the reason when a person made it and says so', async () => {
    // Time enough for a person.
    await refused('s-fixed', 'shop.subscription.ordered-at-leisure');
    byHand.push('s-fixed');
    const fixed = await skaldCommand(
      bench.api.url,
      { by: 'ada' },
      'fix',
      's-fixed',
      'charge',
      '--reason',
      'paid back at the desk, receipt 4711',
    );

    expect(fixed).toMatchObject({ code: 0 });
    const { status, timeline } = await bench.ended('s-fixed');
    expect(status).toBe('compensated');
    expect(timeline.map(({ text }) => text).join('\n')).toContain(
      'put right by ada: paid back at the desk, receipt 4711',
    );
    expect(refunds('s-fixed')).toBe(1);
    expect(bench.participants.deliveries.map(({ key, command }) => `${key} ${command.type}`)).not.toContain(
      's-fixed payment.refund-status',
    );
  });

  it('is skipped with the reason when the bank knows of it', async () => {
    await refused('s-known');
    byHand.push('s-known');

    const { status, timeline } = await bench.ended('s-known');
    expect(status).toBe('compensated');
    expect(timeline.map(({ text }) => text).join('\n')).toContain('already refunded');
    expect(refunds('s-known')).toBe(1);
  });

  it('survives a coordinator that dies during the cool-down', async () => {
    await refused('s-killed');
    await bench.kill(0);
    await bench.restart(0);

    expect(await bench.ended('s-killed')).toMatchObject({ status: 'compensated' });
    expect(refunds('s-killed')).toBe(1);
  });
});

describe('a success that comes during the cool-down', () => {
  it('makes the refund unnecessary', async () => {
    bench.participants.behave(
      'platform.provision',
      { succeeded: { node: 'n1' }, lateMs: 3_000 },
      { key: 's-late' },
    );
    await order('s-late');
    const due = await bench.until('is to be undone', 's-late', ({ status }) => status === 'compensating');
    const page = await bench.ended('s-late');

    expect(due.failure).toMatchObject({ step: 'provision' });
    expect(page).toMatchObject({ status: 'completed', incident: false });
    expect(page.steps['provision']).toMatchObject({ output: { node: 'n1' } });
    expect(refunds('s-late')).toBe(0);
    expect(bench.participants.done('s-late')).toEqual([
      'payment.charge',
      'platform.provision',
      'platform.activate',
    ]);
  });
});
