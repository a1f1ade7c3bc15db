import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Fleet } from '../harness/fleet.js';
import { brokenPromises } from './promises.js';
import { startQuickFleet } from './quick-fleet.js';

jest.setTimeout(120_000);

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startQuickFleet({ name: 'sabotage', participantEnv: { SHOP_SABOTAGE: 'refund' } });
}, 120_000);

afterAll(() => fleet?.discard());

describe('a participant that loses one refund', () => {
  it('is found by comparing ledgers and sagas', async () => {
    await fleet.place({ mix: 'bench', count: 30 });

    const problems = await brokenPromises(fleet);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^bench-\d+ \(saga [\w-]+\): money: expected 0, found \d+$/);
  });

  it('is not the only thing that is found', async () => {
    const [victim] = await fleet.query<{ id: string; business_key: string }>(
      `update saga_instance set finished_at = null, wake_at = null, status = 'running'
        where id = (select id from saga_instance where status = 'completed' limit 1) returning id, business_key`,
    );
    await fleet.query(`insert into saga_outbox values ('skald.home', 0, 1000000, '{"at":0,"messages":[]}')`);
    fleet.placed.push('bench-0099999');

    const problems = (await brokenPromises(fleet, { withinMs: 1_000 })).join('\n');

    expect(problems).toContain('31 sagas to end: not within 1000 ms');
    expect(problems).toContain('bench-0099999 has no saga');
    expect(problems).toContain(`${victim!.business_key} is running, will not be woken and has no incident`);
    expect(problems).toContain('the outbox to be empty: not within');
  });
});
