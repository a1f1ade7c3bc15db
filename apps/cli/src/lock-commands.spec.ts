import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();
const since = '2026-11-21T08:00:00.000Z';
const order = (key: string) => ({ saga: `saga-${key}`, definition: 'deliver', key, block: 'slot', since });
const held = { ...order('O1'), token: 7, leasedUntil: since, keeps: false };

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald locks', () => {
  it('lists who holds them and who waits', async () => {
    const locks = [
      { resource: 'slot/A', holder: held, waiting: [{ ...order('O2'), conflict: 'takeOver' }] },
      { resource: 'slot/B', holder: { ...held, keeps: true, says: ['at sea', 'in the yard'] }, waiting: [] },
    ];
    coordinator.answer(() => ({ body: { locks, more: true } }));

    const { out } = await skald('locks', '--saga', 'saga-O1', '--waited');

    expect(coordinator.arrived[0]?.url).toBe('/locks?limit=50&saga=saga-O1&waited=true');
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^lock +saga +business key +block +for +stands$/),
      expect.stringMatching(/^slot\/A +deliver saga-O1 +O1 +slot +1 h +holds it, lease over$/),
      expect.stringMatching(/^ +deliver saga-O2 +O2 +slot +1 h +takes it over$/),
      expect.stringMatching(
        /^slot\/B +deliver saga-O1 +O1 +slot +1 h +holds it, and keeps it: at sea; in the yard$/,
      ),
      '',
      'there are more: raise --limit, or ask for fewer',
    ]);
  });

  it('says when none is held', async () => {
    coordinator.answer(() => ({ body: { locks: [], more: false } }));

    expect((await skald('locks', 'slot/A')).out).toBe('no lock is held');
    expect(coordinator.arrived[0]?.url).toBe('/locks?limit=50&resource=slot%2FA');
  });
});
