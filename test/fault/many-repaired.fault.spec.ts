import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand, type CommandResult } from '../harness/skald-command.js';
import { allEnded } from './saga-counts.js';

const count = 4_000;
const atATime = 100;
const cause = ['-d', 'renewal', '-b', 'charge', '-c', 'DECLARED'];
const why = ['-r', 'the bank is back', '--mode', 'participant-away'];

const renewal = `saga: renewal
version: 1
key: input.contract
triggers: [{ event: billing.renewal.due }]
steps:
  - step: charge
    call: bank.charge
    compensate: bank.refund
    catch: { failed: incident }
  - step: notify
    call: mail.notify
    pivot: true
`;

jest.setTimeout(240_000);

let bench: SagaBench;
let isMended = false;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'many-repaired', documents: renewal, coordinators: 2 });
  bench.participants.behave('bank.charge', () =>
    isMended ? { succeeded: {} } : { failed: 'closed', retryAfterMs: 'never' },
  );
}, 180_000);

afterAll(async () => {
  await bench?.discard();
});

describe('four thousand sagas stuck by one cause, repaired while a coordinator dies', () => {
  it('wait for a person, and are told as one cause', async () => {
    for (let first = 1; first <= count; first += atATime)
      await Promise.all(Array.from({ length: atATime }, (_, index) => renew(first + index)));

    await eventually(`${count} incidents`, async () => (await openIncidents()) === count, 90_000);

    const { body } = await bench.api.get('/incidents/groups?definition=renewal');
    expect(body).toMatchObject({
      groups: [{ block: 'charge', code: 'DECLARED', count, participant: 'bank' }],
    });
  });

  it('are cut off half-way when the coordinator that is asked dies', async () => {
    isMended = true;
    const cutOff = bulk(0);
    await eventually('a part to be repaired', async () => (await audited()).sagas >= count / 4, 90_000);

    await bench.kill(0);

    const { code, err } = await cutOff;
    expect([code, err]).toEqual([1, expect.stringContaining('no coordinator answers')]);
    expect(err).toMatch(new RegExp(`^\\d+ of ${count}$`, 'm'));
    expect((await audited()).sagas).toBeLessThan(count);
  });

  it('go on where they were when it is said again, and all end', async () => {
    // What is asked of sagas in the partitions of the dead is taken up late, so once more may be needed.
    await eventually(
      'a run that leaves nothing out',
      async () => (await bulk(1)).code === 0 && (await openIncidents()) === 0,
      150_000,
    );

    await allEnded(bench, count, 80_000);
  });

  it('were repaired once each, with one line of the audit', async () => {
    expect(await audited()).toEqual({ rows: count, sagas: count, done: count });
    const { body } = await bench.api.get('/quality/repairs?definition=renewal');
    expect(body).toMatchObject({ repairs: [{ mode: 'participant-away', count, repeated: 0 }] });
  });

  it('were charged once each, as the second operation', () => {
    const { deeds, deliveries } = bench.participants;
    const charged = deeds.filter(({ command }) => command === 'bank.charge').map(({ saga }) => saga);
    const asked = deliveries.filter(({ command }) => command.type === 'bank.charge');

    expect([charged.length, new Set(charged).size]).toEqual([count, count]);
    expect(new Set(asked.map(({ command }) => command.operation)).size).toBe(2 * count);
    expect(deeds.filter(({ command }) => command === 'bank.refund')).toEqual([]);
  });
});

function renew(number: number): Promise<void> {
  return bench.publish('billing.renewal.due', { contract: `C-${number}` });
}

function bulk(coordinator: number): Promise<CommandResult> {
  const { url } = bench.coordinators[coordinator]!.api;
  return skaldCommand(url, { by: 'ann' }, 'bulk', 'retry', ...cause, ...why, '--rate', '100');
}

async function openIncidents(): Promise<number> {
  const [row] = await bench.query<{ open: number }>(
    'select count(*)::integer as open from saga_incident where closed_at is null',
  );
  return row!.open;
}

/** Lines of the audit about repairs: how many, of how many sagas, how many that were done. */
async function audited(): Promise<{ readonly rows: number; readonly sagas: number; readonly done: number }> {
  const [row] = await bench.query<{ rows: number; sagas: number; done: number }>(
    `select count(*)::integer as rows, count(distinct saga_id)::integer as sagas,
            (count(*) filter (where result = 'done'))::integer as done
       from saga_audit where action = 'retry'`,
  );
  return row!;
}
