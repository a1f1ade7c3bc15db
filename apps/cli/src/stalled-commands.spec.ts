import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(args, { SKALD_URL: coordinator.url, SKALD_USER: 'ann' });
}

beforeAll(() => coordinator.start());

afterAll(() => coordinator.stop());

describe('skald stalled', () => {
  it('says which sagas stand still, and what they wait for', async () => {
    const stalled = { since: '2026-11-21T08:00:00.000Z', blocker: 'the answer of payment.charge' };
    const saga = { id: 's-1', definition: 'order', businessKey: 'o-1', status: 'running', stalled };
    coordinator.answer(() => ({ body: { sagas: [saga], more: false } }));

    const { out } = await skald('stalled', 'order');

    expect(coordinator.arrived[0]?.url).toBe('/stalled?definition=order');
    expect(out).toMatch(/order o-1 +the answer of payment\.charge +s-1$/);
  });

  it('says when there are none', async () => {
    coordinator.answer(() => ({ body: { sagas: [], more: false } }));

    expect((await skald('stalled')).out).toBe('no saga stands still');
  });
});
