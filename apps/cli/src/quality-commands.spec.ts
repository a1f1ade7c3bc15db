import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const id = '0196f0a0-0000-7abc-8000-000000000001';
const coordinator = new PlayedCoordinator();

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald quality', () => {
  it('counts what decisions came to', async () => {
    const order = { definition: 'order', made: 9, running: 1, executed: 6, undone: 2, cancelled: 0 };
    coordinator.answer(() => ({ body: { quality: [{ ...order, good: 1, bad: 2, unknown: 3 }] } }));

    const { out } = await skald('quality', 'order', '--days', '7');

    expect(coordinator.arrived[0]?.url).toBe('/quality?definition=order&days=7');
    expect(out.split('\n')[1]).toMatch(/^order +9 +1 +6 +2 +0 +1 +2 +3$/);
  });

  it('says when there were none', async () => {
    coordinator.answer(() => ({ body: { quality: [] } }));

    expect((await skald('quality')).out).toBe('no saga began in the last 30 days');
  });
});

describe('skald repairs', () => {
  it('counts how often trouble came back', async () => {
    const away = { definition: 'order', mode: 'participant-away', count: 8, repeated: 2, repeatRate: 0.25 };
    const silent = { definition: 'order', mode: '', count: 1, repeated: 1, repeatRate: 1 };
    coordinator.answer(() => ({ body: { repairs: [away, silent] } }));

    const { out } = await skald('repairs', 'order', '--days', '7');

    expect(coordinator.arrived[0]?.url).toBe('/quality/repairs?definition=order&days=7');
    expect(out.split('\n').slice(1)).toEqual([
      expect.stringMatching(/^order +participant-away +8 +2 +25 %$/),
      expect.stringMatching(/^order +nobody said +1 +1 +100 %$/),
    ]);
  });

  it('notes what was the matter with each of them', async () => {
    coordinator.answer(() => ({ body: { outcome: 'done', detail: 'data-wrong' } }));

    const { code } = await skald('retry', id, '-r', 'the address was old', '-m', 'data-wrong');

    expect(code).toBe(0);
    expect(coordinator.arrived[0]?.body).toEqual({
      action: 'retry',
      by: 'ann',
      reason: 'the address was old',
      mode: 'data-wrong',
    });
    expect(await skald('retry', id, '-m', 'bad-luck')).toMatchObject({ code: 2 });
  });
});

describe('skald decisions', () => {
  const made = {
    at: '2026-01-05T09:00:00.000Z',
    block: 'share',
    table: 'refund',
    version: 3,
    rules: ['half'],
  };

  it('shows what is decided once more', async () => {
    coordinator.answer(() => ({ body: { decisions: [{ ...made, again: { kind: 'same' } }] } }));

    const { code, out } = await skald('decisions', id);

    expect([code, coordinator.arrived[0]?.url]).toEqual([0, `/sagas/${id}/decisions`]);
    expect(out.split('\n')[1]).toMatch(/share +refund version 3 +half +the same$/);
  });

  it('shows the scores of what was weighed', async () => {
    const weighed = '1: cost 0.5; breaks no-late-shift | 2: cost 0.2; breaks nothing';
    coordinator.answer(() => ({ body: { decisions: [{ ...made, weighed, again: { kind: 'same' } }] } }));

    const { out } = await skald('decisions', id);

    expect(out.split('\n').slice(1)).toEqual([
      expect.stringMatching(
        /^2026-01-05 09:00:00\.000Z +share +refund version 3 +weighed, see below +the same$/,
      ),
      '',
      'share weighed',
      '  1: cost 0.5; breaks no-late-shift',
      '  2: cost 0.2; breaks nothing',
    ]);
  });

  it('fails where it comes out otherwise', async () => {
    const again = { kind: 'different', rules: ['all'], because: 'other rules hold' };
    coordinator.answer(() => ({ body: { decisions: [{ ...made, again }] } }));

    const { code, out, err } = await skald('decisions', id);

    expect(code).toBe(1);
    expect(out).toContain('different: other rules hold (all)');
    expect(err).toContain('1 of 1 decisions do not come out as they did');
  });
});

describe('skald judge', () => {
  it('says who says so, and how it is known', async () => {
    coordinator.answer(() => ({ body: { saga: id, verdict: 'bad' } }));

    const { code, out } = await skald('judge', id, 'bad', '-r', 'charged back');

    expect([code, out]).toEqual([0, `saga ${id} turned out to be bad`]);
    expect(coordinator.arrived[0]).toMatchObject({
      method: 'POST',
      url: `/sagas/${id}/verdict`,
      body: { verdict: 'bad', by: 'ann', reason: 'charged back' },
    });
  });

  it('knows no other verdict', async () => {
    expect(await skald('judge', id, 'awful', '-r', 'x')).toMatchObject({ code: 2 });
  });
});

describe('skald baseline', () => {
  const period = { from: '2026-11-20T08:00:00.000Z', until: '2026-11-21T08:00:00.000Z' };
  const figures = {
    completed: 9,
    compensated: 1,
    cancelled: 0,
    withIncident: 2,
    p50Ms: 1_200,
    p95Ms: 60_000,
  };

  it('sets the newest version beside the one before', async () => {
    const means = { sagas: 10, commands: 3.25, retries: 0.5, undos: 0.1, humanSeconds: 90 };
    const baseline = { version: 2, ...period, figures, means };
    const present = { version: 3, ...period, from: period.until, figures: { ...figures, completed: 19 } };
    coordinator.answer(() => ({ body: { definition: 'order', present, baseline } }));

    const { out } = await skald('baseline', 'order');

    expect(coordinator.arrived.at(-1)?.url).toBe('/definitions/order/baseline');
    expect(out).toMatch(/^order: version 3 since 2026-11-21 08:00:00.000Z, version 2 from 2026-11-20 /);
    expect(out).toMatch(/^ended +10 +20$/m);
    expect(out).toMatch(/^completed +90\.0 % +95\.0 %$/m);
    expect(out).toMatch(/^had an incident +20\.0 % +10\.0 %$/m);
    expect(out).toMatch(/^repeated attempts +0\.5 +-$/m);
    expect(out).toMatch(/^time of people +1 m 30 s +-$/m);
  });

  it('has other days counted', async () => {
    coordinator.answer(() => ({ body: { definition: 'order', present: { version: 1, ...period } } }));

    await skald('baseline', 'order', '--days', '7');

    expect(coordinator.arrived.at(-1)?.url).toBe('/definitions/order/baseline?days=7');
  });

  it('says what is not known yet', async () => {
    coordinator.answer(() => ({ body: { definition: 'order', present: { version: 1, ...period } } }));

    const { out } = await skald('baseline', 'order');

    expect(out).toMatch(/there is no version before$/m);
    expect(out).toMatch(/^ended +-$/m);
  });
});
