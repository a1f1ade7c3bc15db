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

describe('skald board', () => {
  it('says where live sagas stand, and for how long', async () => {
    const aged = { oldestAt: '2026-11-21T08:00:00.000Z', withIncident: 1, overHour: 2, overDay: 0 };
    const stages = [
      { stage: 'charge', status: 'running', count: 3, ...aged },
      { stage: 'reserve', status: 'compensating', count: 1, ...aged },
      { status: 'running', count: 4, ...aged },
    ];
    const board = [{ definition: 'order', owner: 'sales', live: 8, stages }];
    coordinator.answer(() => ({ body: { board } }));

    const { out } = await skald('board', 'order');

    expect(coordinator.arrived.at(-1)?.url).toBe('/board?definition=order');
    expect(out).toMatch(/^order: 8 live, owner sales\nstage +sagas +oldest/);
    expect(out).toMatch(/^charge +3 .* 2 +0 +1$/m);
    expect(out).toMatch(/^undo of reserve +1 /m);
    expect(out).toMatch(/^- +4 /m);
  });

  it('says when none is live', async () => {
    coordinator.answer(() => ({ body: { board: [] } }));

    expect((await skald('board')).out).toBe('no saga is live');
  });
});
