import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();
const asOf = '2026-11-21T08:00:00.000Z';

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald facts', () => {
  it('lists what counts and what does not', async () => {
    const last = [{ value: 'dock 5', asOf, heardAt: asOf, source: '/terminal' }];
    const facts = [
      {
        fact: 'yard.place',
        key: 'D1',
        declaredSource: '/gps',
        known: { value: 'highway', asOf, lagMs: 0, source: '/gps' },
        hearsay: { count: 3, last },
      },
      { fact: 'yard.place', key: 'D2', declaredSource: '/gps', hearsay: { count: 1, last } },
    ];
    coordinator.answer(() => ({ body: { facts, more: true } }));

    const { out } = await skald('facts', 'yard.place');

    expect(coordinator.arrived[0]?.url).toBe('/facts?limit=50&fact=yard.place');
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^fact +about +value +age +source +stands$/),
      expect.stringMatching(/^yard.place +D1 +"highway" +1 h +\/gps +counts$/),
      expect.stringMatching(/^ +"dock 5" +1 h +\/terminal +does not count$/),
      expect.stringMatching(/^ +and 2 before +does not count$/),
      expect.stringMatching(/^yard.place +D2 +- +- +\/gps +not known$/),
      expect.stringMatching(/^ +"dock 5" +1 h +\/terminal +does not count$/),
      '',
      'there are more: raise --limit, or ask for fewer',
    ]);
  });

  it('says when nothing is known', async () => {
    coordinator.answer(() => ({ body: { facts: [], more: false } }));

    expect((await skald('facts', 'yard.place', 'D1')).out).toBe('nothing is known of it');
    expect((await skald('facts')).out).toBe('no source contradicts another one');
  });
});
