import { beforeEach, describe, expect, it } from '@jest/globals';
import { ActOnIncidents, type BulkAnswer } from './act-on-incidents.js';
import { home, instance, within, type Home } from './home.fixture.js';
import { RequestAction } from './request-action.js';

let world: Home;
let acts: ActOnIncidents;

beforeEach(async () => {
  world = await home();
  const { store, clock } = world;
  acts = new ActOnIncidents({ store, clock, actions: new RequestAction(world) });
  for (let number = 10; number < 35; number += 1) stuck(`0193b5a0-1111-7222-8333-4444444444${number}`);
});

function stuck(saga: string): void {
  world.tables.instances.set(saga, instance(saga, { incident: true }));
  const incident = { saga, id: 'charge', block: 'charge', code: 'UNCAUGHT', message: '', openedAt: 0 };
  world.tables.incidents.set(saga, incident);
}

function page(place: Pick<Partial<BulkAnswer>, 'before' | 'next'> = {}): Promise<BulkAnswer> {
  const { before, next: after } = place;
  const asked = acts.act({
    action: 'retry',
    cause: { definition: 'order' },
    by: 'ann',
    reason: 'the bank is back',
    limit: 100,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  });
  return within(world.clock, 60_000, asked);
}

/** Answers what was asked for so far, as a lane does. */
function takeUp(): readonly string[] {
  const asked = world.received().filter((record) => record.kind === 'action');
  for (const { head } of asked) world.answer({ request: head.request });
  return asked.map(({ saga }) => saga);
}

describe('a page about many incidents', () => {
  it('ends before a client gives up, where nobody takes it up', async () => {
    const first = await page();

    expect(world.clock.elapsed()).toBeLessThan(15_000);
    expect([first.pending, first.next?.saga]).toEqual([10, expect.stringMatching(/19$/)]);
  });

  it('goes on behind the last one that was asked', async () => {
    const first = await page();
    const second = await page(first);
    const third = await page(second);

    expect([first.pending, second.pending, third.pending, third.next]).toEqual([10, 10, 5, undefined]);
    expect(new Set(takeUp()).size).toBe(25);
  });

  it('asks for nothing twice when it is said again', async () => {
    await page();
    takeUp();

    const again = await page();

    const asked = takeUp();
    expect([again.done, asked.length, new Set(asked).size]).toEqual([10, 20, 20]);
  });
});
