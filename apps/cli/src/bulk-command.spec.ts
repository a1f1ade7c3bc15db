import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/messaging';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { run } from './run.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();
const before = '2026-11-21T09:00:00.000Z';
const group = {
  definition: 'order',
  block: 'charge',
  code: 'UNCAUGHT',
  participant: 'payment',
  owner: 'payments',
  count: 3,
  oldestAt: '2026-11-21T08:00:00.000Z',
  message: 'the bank does not answer',
};

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald incidents --group', () => {
  it('lists causes instead of sagas', async () => {
    coordinator.answer(() => ({ body: { groups: [group] } }));

    const { out } = await skald('incidents', '--group', '-d', 'order');

    expect(coordinator.arrived[0]?.url).toBe('/incidents/groups?definition=order');
    expect(out.split('\n')).toEqual([
      expect.stringMatching(/^count +since +definition +block +code +participant +owner +the newest says$/),
      expect.stringMatching(/^3 .* order +charge +UNCAUGHT +payment +payments +the bank does not answer$/),
    ]);
  });
});

describe('skald bulk', () => {
  const args = ['bulk', 'retry', '-d', 'order', '-b', 'charge', '-r', 'the bank is back'];

  it('asks page by page, no faster than it was told, and says how far it is', async () => {
    const next = { saga: 'saga-2', id: 'charge' };
    coordinator.answer(({ method, body }) => {
      if (method === 'GET') return { body: { groups: [group] } };
      const isFirst = !('after' in (body as object));
      return { body: { before, done: isFirst ? 2 : 1, refused: [], pending: 0, ...(isFirst && { next }) } };
    });
    const clock = new SystemClock();
    const [out, err]: [string[], string[]] = [[], []];
    const beganAt = clock.elapsed();
    const code = await run([...args, '--rate', '2'], {
      env: { SKALD_URL: coordinator.url, SKALD_USER: 'ann' },
      clock,
      print: (text) => void out.push(text),
      warn: (text) => void err.push(text),
      readInput: () => Promise.resolve(''),
    });

    const request = { action: 'retry', definition: 'order', block: 'charge', reason: 'the bank is back' };
    const asked = coordinator.arrived.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(code).toBe(0);
    expect(asked).toEqual([
      { ...request, by: 'ann', limit: 2 },
      { ...request, by: 'ann', limit: 2, before, after: next },
    ]);
    expect(err).toEqual(['2 of 3', '3 of 3']);
    expect(out).toEqual(['3 done, 0 refused, 0 asked for and not taken up yet']);
    expect(clock.elapsed() - beganAt).toBeGreaterThan(900);
  });

  it('names those that refused, and fails', async () => {
    const refused = [{ saga: 'saga-1', detail: 'a parked record holds this saga' }];
    coordinator.answer(({ method }) =>
      method === 'GET' ? { body: { groups: [group] } } : { body: { before, done: 0, refused, pending: 0 } },
    );

    const { code, out } = await skald(...args);

    expect(code).toBe(1);
    expect(out).toContain('saga-1: a parked record holds this saga');
  });

  it('says where to look when nothing has this cause', async () => {
    coordinator.answer(({ method }) =>
      method === 'GET' ? { body: { groups: [] } } : { body: { before, done: 0, refused: [], pending: 0 } },
    );

    const { code, out } = await skald(...args);

    expect([code, out]).toEqual([0, expect.stringContaining('no open incident of this cause')]);
  });

  it('does nothing without a reason, or faster than it may', async () => {
    coordinator.answer(() => ({ body: {} }));

    const codes = [
      (await skald('bulk', 'retry', '-d', 'order')).code,
      (await skald(...args, '--rate', '1000')).code,
    ];

    expect([codes, coordinator.arrived]).toEqual([[2, 2], []]);
  });
});
