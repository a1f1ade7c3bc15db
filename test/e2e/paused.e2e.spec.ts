import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const documents = `saga: pack-parcel
version: 1
key: input.parcelId
timeout: 10m
triggers: [{ event: parcels.parcel.ordered }]
steps:
  - step: weigh
    call: scales.weigh
    with: { id: '\${ input.parcelId }' }
    timeout: 20s
  - step: print
    call: labeller.print
    with: { id: '\${ input.parcelId }' }
    timeout: 20s
---
participant: scales
commands:
  weigh: { effect: none }
---
participant: labeller
commands:
  print: { effect: none }
`;

jest.setTimeout(180_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'paused', documents, coordinators: 3 });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

describe('a participant paused while sagas run on three coordinators', () => {
  const keys = Array.from({ length: 12 }, (_, index) => `P-${index}`);
  const printed = new Set<string>();

  it('is sent nothing, although one of them is killed, and everything else goes on', async () => {
    const weighed = new Set<string>();
    bench.participants.behave('scales.weigh', ({ command }) => {
      weighed.add(command.saga);
      return { succeeded: {} };
    });
    bench.participants.behave('labeller.print', ({ command }) => {
      printed.add(command.saga);
      return { succeeded: {} };
    });
    const { status } = await bench.api.post('/pauses/participant/labeller', {
      by: 'ann',
      reason: 'new paper',
    });
    expect(status).toBe(200);
    await everybodyKnows();

    await Promise.all(keys.map((parcelId) => bench.publish('parcels.parcel.ordered', { parcelId })));
    await held(12);
    await bench.kill(0);
    await survivorsHoldAll();

    expect([weighed.size, printed.size]).toEqual([12, 0]);
  });

  it('is what a saga says it waits for, with who paused it and why', async () => {
    const page = await bench.until('waits for the pause', keys[0]!, ({ waitsFor }) =>
      waitsFor.some(({ kind }) => kind === 'pause'),
    );

    expect(page.waitsFor[0]!.text).toMatch(
      /^somebody to resume participant labeller, which ann paused at .* \(new paper\)/u,
    );
  });

  it('is sent everything once, little by little, when it is resumed', async () => {
    await bench.restart(0);
    const { status } = await bench.api.post('/pauses/participant/labeller/resume', {
      by: 'ben',
      reason: 'it has paper',
      perSecond: 4,
    });
    expect(status).toBe(200);

    for (const key of keys) expect((await bench.ended(key, { withinMs: 60_000 })).status).toBe('completed');

    expect(printed.size).toBe(12);
    const audits = await bench.query<{ readonly action: string; readonly asked_by: string }>(
      `select action, asked_by from saga_audit where detail = 'participant labeller' order by at`,
    );
    expect(audits.map(({ action, asked_by: by }) => `${action} by ${by}`)).toEqual([
      'pause by ann',
      'resume by ben',
    ]);
    await nothingIsKept();
  });
});

interface Pauses {
  readonly pauses: readonly { readonly name: string; readonly held: number }[];
}

/** Each coordinator has asked the database for what is new. */
function everybodyKnows(): Promise<unknown> {
  return Promise.all(
    bench.coordinators.map(({ api }) =>
      eventually('every coordinator to know of the pause', async () => {
        const { body } = await api.get<Pauses>('/pauses');
        return body.pauses.some(({ name }) => name === 'labeller') || undefined;
      }),
    ),
  );
}

function held(count: number): Promise<unknown> {
  return eventually(
    `${count} commands to be held`,
    async () => {
      const { body } = await bench.api.get<Pauses>('/pauses');
      return body.pauses[0]?.held === count || undefined;
    },
    60_000,
  );
}

/** The lanes of the dead one are in other hands, and all that it held is held there. */
async function survivorsHoldAll(): Promise<void> {
  await eventually(
    'the lanes of the dead coordinator to be taken over',
    async () => {
      const { body } = await bench.api.get<{ readonly lanes: readonly { readonly owner: string }[] }>(
        '/lanes',
      );
      return new Set(body.lanes.map(({ owner }) => owner)).size === 2 || undefined;
    },
    90_000,
  );
  await held(12);
}

function nothingIsKept(): Promise<unknown> {
  return eventually('nothing to be held any more', async () => {
    const [row] = await bench.query<{ readonly count: number }>(
      'select count(*)::integer as count from saga_limited',
    );
    return row?.count === 0 || undefined;
  });
}
