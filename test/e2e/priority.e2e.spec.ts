import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const documents = `saga: serve-customer
version: 1
key: input.customerId
priority: "input.tier == 'gold' ? 10 : 0"
timeout: 10m
triggers: [{ event: service.customer.called }]
steps:
  - step: serve
    call: counter.serve
    with: { customerId: '\${ input.customerId }', tier: '\${ input.tier }' }
    timeout: 1m
---
participant: counter
commands:
  serve: { effect: none }
limits: { concurrency: 1 }
`;

jest.setTimeout(120_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'priority', documents });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

describe('gold and standard customers who wait for one counter', () => {
  it('are served gold first, whoever came first, and all of them', async () => {
    const served: string[] = [];
    bench.participants.behave('counter.serve', ({ command }) => {
      served.push((command.data as { readonly tier: string }).tier);
      return { succeeded: {} };
    });
    const because = { by: 'ann', reason: 'the counter opens later' };
    await bench.api.post('/pauses/participant/counter', because);
    const keys = [...customers('standard', 12), ...customers('gold', 6)];
    for (const { customerId, tier } of keys)
      await bench.publish('service.customer.called', { customerId, tier });
    await eventually('everybody to wait', async () => (await held()) === 18 || undefined, 30_000);
    await bench.api.post('/pauses/participant/counter/resume', { ...because, perSecond: 1_000 });
    for (const { customerId } of keys) expect((await bench.ended(customerId)).status).toBe('completed');

    // Whoever is let go a moment before the others is at the counter already.
    expect(served).toHaveLength(18);
    expect(served.lastIndexOf('gold')).toBeLessThan(9);
  });
});

function customers(tier: string, count: number) {
  return Array.from({ length: count }, (_, n) => ({ customerId: `${tier}-${n}`, tier }));
}

async function held(): Promise<number | undefined> {
  const { body } = await bench.api.get<{ readonly pauses: readonly { readonly held: number }[] }>('/pauses');
  return body.pauses[0]?.held;
}
