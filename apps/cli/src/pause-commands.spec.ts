import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();
const id = '01a2b3c4-d5e6-7000-8000-0123456789ab';
const paused = {
  kind: 'participant',
  name: 'inventory',
  at: '2026-11-21T08:00:00.000Z',
  by: 'ann',
  reason: 'stock take',
  held: 4,
};
const resumed = { at: '2026-11-21T09:00:00.000Z', by: 'ben', reason: 'counted' };

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald pause', () => {
  it('says what is paused, who did it and why', async () => {
    coordinator.answer(() => ({ body: paused }));

    const { out } = await skald('pause', 'participant', 'inventory', '--reason', 'stock take');

    expect(coordinator.arrived[0]).toMatchObject({
      method: 'POST',
      url: '/pauses/participant/inventory',
      body: { by: 'ann', reason: 'stock take' },
    });
    expect(out).toBe('participant inventory is paused, everywhere within seconds');
  });

  it('finds a saga by its business key', async () => {
    const saga = { ...paused, kind: 'saga', name: id };
    coordinator.answer(({ url }) => ({
      body: url.startsWith('/sagas') ? { sagas: [{ id }] } : saga,
    }));

    await skald('pause', 'saga', 'O-1', '--reason', 'it is disputed');

    expect(coordinator.arrived.map(({ url }) => url)).toEqual(['/sagas?key=O-1', `/pauses/saga/${id}`]);
  });

  it('wants a reason', async () => {
    expect((await skald('pause', 'participant', 'inventory')).err).toContain('--reason');
  });
});

describe('skald resume', () => {
  it('says until when what was held leaves', async () => {
    coordinator.answer(() => ({ body: { ...paused, resumed, overAt: '2026-11-21T09:00:02.000Z' } }));

    const { out } = await skald('resume', 'participant', 'inventory', '-r', 'counted', '--rate', '2');

    expect(coordinator.arrived[0]).toMatchObject({
      url: '/pauses/participant/inventory/resume',
      body: { by: 'ann', reason: 'counted', perSecond: 2 },
    });
    expect(out).toMatch(/^participant inventory goes on; what was held leaves until .*09:00:02/u);
  });

  it('does not take a rate that is none', async () => {
    const { code, err } = await skald('resume', 'definition', 'order', '-r', 'counted', '--rate', '2/s');

    expect([code, err]).toEqual([2, expect.stringContaining('--rate has to be a number above 0')]);
  });
});

describe('skald pauses', () => {
  it('lists what is paused and what it holds', async () => {
    const order = { ...paused, kind: 'definition', name: 'order', held: 0 };
    coordinator.answer(() => ({
      body: { pauses: [paused, { ...order, resumed, overAt: '2026-11-21T09:01:00.000Z' }] },
    }));

    const { out } = await skald('pauses');

    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^what +name +held +paused +by whom and why +resumed$/u),
      expect.stringMatching(/^participant +inventory +4 +.*08:00:00.* +ann: stock take +-$/u),
      expect.stringMatching(/^definition +order +0 +.* +ann: stock take +by ben, until .*09:01:00/u),
    ]);
  });

  it('says when nothing is', async () => {
    coordinator.answer(() => ({ body: { pauses: [] } }));

    expect((await skald('pauses')).out).toBe('nothing is paused');
  });
});
