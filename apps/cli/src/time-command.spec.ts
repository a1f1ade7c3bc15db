import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald time', () => {
  it('tells the shares and the blocks that took most', async () => {
    const spent = { 'value-adding': 20_000, handoff: 10_000, waste: 0, unmarked: 10_000, waiting: 160_000 };
    const blocks = [{ block: 'pause', as: 'waiting', ms: 160_000, times: 2 }];
    const mean = { commands: 2.5, attempts: 3, humanSeconds: 90, used: { tokens: 1_840 } };
    coordinator.answer(() => ({
      body: { time: [{ definition: 'order', sagas: 2, spent, blocks, mean, more: false }] },
    }));

    const { out } = await skald('time', 'order', '--days', '7');

    expect(coordinator.arrived[0]?.url).toBe('/time?definition=order&days=7');
    expect(out).toMatch(/\norder +2 +1 m 40 s +10 % +5 % +0 % +5 % +80 %\n/);
    expect(out).toMatch(/order +pause +waiting +1 m 20 s +2$/m);
    expect(out).toMatch(/order +2.5 +3 +1 m 30 s +tokens 1840$/);
  });

  it('gives no time of people where nobody was asked', async () => {
    const spent = { 'value-adding': 0, handoff: 0, waste: 0, unmarked: 10_000, waiting: 0 };
    const mean = { commands: 2, attempts: 2, humanSeconds: 0, used: {} };
    coordinator.answer(() => ({
      body: { time: [{ definition: 'order', sagas: 1, spent, blocks: [], mean, more: false }] },
    }));

    expect((await skald('time')).out).toMatch(/order +2 +2 +- +-$/);
  });

  it('says when nothing has ended', async () => {
    coordinator.answer(() => ({ body: { time: [] } }));

    expect((await skald('time')).out).toBe('no saga that began in the last 30 days has ended');
  });
});
