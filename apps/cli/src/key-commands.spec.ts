import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const at = '2026-11-21T08:00:00.000Z';
const event = { source: '/telematics', id: 'e-2' };
const coordinator = new PlayedCoordinator();

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald key', () => {
  it('shows the whole chain of a key', async () => {
    const log = [
      { at, what: 'started', saga: 's-1', trigger: 'eta', event, count: 1 },
      { at, what: 'ended', saga: 's-1', decided: 'A', count: 1 },
      { at, what: 'echo', saga: 's-2', trigger: 'eta', event, cause: 's-1', count: 3 },
    ];
    const key = { definition: 'reroute', key: 't 1', frozenAt: at, waiting: ['s-9'], log, sagas: [] };
    coordinator.answer(() => ({ body: key }));

    const { out } = await skald('key', 'reroute', 't 1');

    expect(coordinator.arrived[0]?.url).toBe('/keys/reroute/t%201');
    expect(out).toContain('let it go: skald thaw reroute t 1 --reason …');
    expect(out).toContain('waiting: s-9');
    expect(out).toMatch(/ended +s-1 +- +- +"A"/);
    expect(out).toMatch(/echo ×3 +s-2 +\/telematics e-2 +s-1/);
  });

  it('shows the sagas of a key of which nothing has to be remembered', async () => {
    const sagas = [{ id: 's-1', status: 'completed', startedAt: at }];
    coordinator.answer(() => ({ body: { definition: 'order', key: 'o-1', waiting: [], log: [], sagas } }));

    expect((await skald('key', 'order', 'o-1')).out).toMatch(/s-1 +completed/);
  });
});

describe('skald thaw', () => {
  it('says why and who', async () => {
    coordinator.answer(() => ({ body: { outcome: 'done', request: 'r' } }));

    const { code, out } = await skald('thaw', 'reroute', 't1', '-r', 'the road is open');

    expect([code, out]).toEqual([0, 'reroute t1 starts sagas again']);
    expect(coordinator.arrived[0]).toMatchObject({
      method: 'POST',
      url: '/keys/reroute/t1/thaw',
      body: { by: 'ann', reason: 'the road is open' },
    });
  });

  it('fails for a key that is not frozen', async () => {
    coordinator.answer(() => ({
      status: 409,
      body: { outcome: 'refused', detail: 'the key is not frozen' },
    }));

    expect(await skald('thaw', 'reroute', 't1', '-r', 'x')).toMatchObject({ code: 1 });
  });
});

describe('skald gates', () => {
  it('counts what was kept out by reason', async () => {
    const gated = [
      { definition: 'reallocate', event: 'wms.stock-changed', gate: 'in-current-wave', count: 90 },
    ];
    coordinator.answer(() => ({ body: { gated } }));

    expect((await skald('gates')).out.split('\n')[1]).toMatch(
      /^reallocate +wms\.stock-changed +in-current-wave +90$/,
    );
  });
});
