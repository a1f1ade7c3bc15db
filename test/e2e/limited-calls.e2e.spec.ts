import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const calling = (name: string, event: string, call: string): string => `saga: ${name}
version: 1
key: input.batchId
timeout: 10m
triggers: [{ event: ${event} }]
steps:
  - forEach: calls
    in: input.items
    as: item
    key: item.id
    do:
      - step: callOne
        call: ${call}
        with: { id: '\${ item.id }' }
        timeout: 1m
---
`;

const documents = `${calling('screen-people', 'risk.people-arrived', 'identity.verify')}${calling(
  'print-labels',
  'risk.labels-wanted',
  'printer.print',
)}participant: identity
commands:
  verify: { effect: none }
limits: { rate: 30/s }
---
participant: printer
commands:
  print: { effect: none }
limits: { concurrency: 4 }
`;

jest.setTimeout(180_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'limited-calls', documents, coordinators: 3 });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

describe('a limit that three coordinators share', () => {
  it('lets no more go in a second than is written, wherever the sagas live', async () => {
    const times = new Map<string, number>();
    bench.participants.behave('identity.verify', ({ command }) => {
      if (!times.has(command.operation)) times.set(command.operation, performance.now());
      return { succeeded: {} };
    });

    const keys = ['s-1', 's-2', 's-3', 's-4', 's-5', 's-6'];
    await Promise.all(keys.map((key) => receive('risk.people-arrived', key, 25)));
    for (const key of keys) expect((await bench.ended(key)).status).toBe('completed');

    // 150 calls need five grants of 30, a window of 1.1 s apart; each coordinator alone would need but two.
    const calls = [...times.values()];
    expect(calls).toHaveLength(150);
    expect(Math.max(...calls) - Math.min(...calls)).toBeGreaterThan(3_000);
  });

  it('is kept, and nothing is lost, when one of them is killed', async () => {
    const begun = new Map<string, number>();
    bench.participants.behave('printer.print', ({ command }) => {
      if (!begun.has(command.operation)) begun.set(command.operation, performance.now());
      return { succeeded: {}, lateMs: 250 };
    });

    const keys = ['p-1', 'p-2', 'p-3', 'p-4'];
    await Promise.all(keys.map((key) => receive('risk.labels-wanted', key, 12)));
    await eventually('some labels to be printed', async () => begun.size >= 8 || undefined, 30_000);
    await bench.kill(0);
    for (const key of keys) expect((await ended(key)).status).toBe('completed');
    await bench.restart(0);

    const starts = [...begun.values()];
    const busiest = starts.map((at) => starts.filter((from) => from <= at && at < from + 250).length);
    expect(starts).toHaveLength(48);
    expect(Math.max(...busiest)).toBeLessThanOrEqual(4);
    expect(await accounts()).toBe(0);
  });

  it('is said to be what a saga waits for, and counted', async () => {
    bench.participants.behave('printer.print', { silent: 'not-done' }, { key: 'w-1' });
    await receive('risk.labels-wanted', 'w-1', 6);

    const why = await eventually(
      'a command to wait for the limit',
      async () => {
        const page = await bench.page('w-1');
        if (page === undefined) return undefined;
        const { body } = await bench.api.get<Why>(`/sagas/${page.id}/why`);
        const held = body.sagas[0]?.held ?? [];
        return held.length === 2 ? held : undefined;
      },
      30_000,
    );

    expect(why.map(({ limit }) => limit)).toEqual(['printer', 'printer']);
    expect(Date.parse(why[0]!.since)).toBeGreaterThan(0);
    expect(why[0]!.text).toMatch(/^the limit of printer before callOne.* can be sent$/);
  });
});

interface Held {
  readonly limit: string;
  readonly text: string;
  readonly since: string;
}

interface Why {
  readonly sagas: readonly { readonly held?: readonly Held[] }[];
}

async function receive(event: string, batchId: string, count: number): Promise<void> {
  const items = Array.from({ length: count }, (_, index) => ({ id: `${batchId}-${index}` }));
  await bench.publish(event, { batchId, items });
}

/** The group has to notice first that somebody died. */
function ended(key: string) {
  return eventually(
    `${key} to end`,
    async () => {
      const page = await bench.page(key);
      return page?.finishedAt === undefined ? undefined : page;
    },
    90_000,
  );
}

/** Commands that wait or count; what the last of them says is told with the next commit of its lane. */
function accounts(): Promise<number> {
  return eventually(
    'nothing to count any more',
    async () => {
      const [row] = await bench.query<{ readonly count: number }>(
        'select count(*)::integer as count from saga_limited',
      );
      return row?.count === 0 ? 0 : undefined;
    },
    30_000,
  );
}
