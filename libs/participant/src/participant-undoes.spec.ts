import { afterEach, describe, expect, it } from '@jest/globals';
import { header } from '#libs/messaging';
import { disproved, rejected } from './handler-answer.js';
import { clock, day, given, outcomeOf, releasing, saga, stopAll } from './participant.fixture.js';

afterEach(stopAll);

describe('a compensation', () => {
  it('is given what the operation answered', async () => {
    const shop = await releasing();

    shop.ask();
    shop.ask({ type: 'inventory.release', operation: 'undo-1', compensates: 'op-1' });

    expect((await shop.replies(2))[1]?.value).toBe('{"state":"done","output":"reserved"}');
  });

  it('succeeds without its handler when there is nothing to undo, and the operation is refused from then on', async () => {
    const shop = await releasing();

    shop.ask({ type: 'inventory.release', operation: 'undo-1', compensates: 'op-1' });
    shop.ask();

    const replies = await shop.replies(2);
    expect(replies.map((reply) => [outcomeOf(reply), reply.value])).toEqual([
      ['succeeded', 'null'],
      ['rejected', 'null'],
    ]);
    expect(replies[1]?.headers[header.error]).toBe('undone');
  });

  it('calls a handler that asked to be called for nothing', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.release', () => 'looked', { undoOfNothing: 'call' }),
    );

    shop.ask({ type: 'inventory.release', operation: 'undo-1', compensates: 'op-1' });

    expect((await shop.reply()).value).toBe('"looked"');
  });

  it('takes a silent memory for no proof when the saga is older than it', async () => {
    const shop = await releasing();

    shop.ask({
      type: 'inventory.release',
      operation: 'undo-1',
      compensates: 'op-1',
      saga: saga(1, clock.now() - 20 * day),
    });

    expect(await shop.outcome()).toEqual(['failed', 'too-old']);
  });

  it('succeeds at once when another one has undone it', async () => {
    const shop = await releasing();

    shop.ask();
    shop.ask({ type: 'inventory.release', operation: 'undo-1', compensates: 'op-1' });
    shop.ask({ type: 'inventory.release', operation: 'undo-2', compensates: 'op-1' });

    expect((await shop.replies(3)).map((reply) => reply.value)[2]).toBe('null');
  });
});

describe('a verification', () => {
  it('tells the output of what was done', async () => {
    const shop = await releasing();

    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });

    expect((await shop.replies(2))[1]).toMatchObject({ value: '"reserved"' });
  });

  it('keeps "not done" true', async () => {
    const shop = await releasing();

    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });
    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 2 });

    const replies = await shop.replies(3);
    expect(replies.map((reply) => [outcomeOf(reply), reply.headers[header.error]])).toEqual([
      ['rejected', 'not-done'],
      ['failed', 'fenced'],
      ['succeeded', undefined],
    ]);
  });

  it('lets a query handler say the output afresh', async () => {
    const shop = await given((handlers) =>
      handlers
        .command('inventory.reserve', () => 'reserved')
        .query('inventory.reservation', (_data, { remembered }) => ({ now: remembered?.output ?? null })),
    );

    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });

    expect((await shop.replies(2))[1]?.value).toBe('{"now":"reserved"}');
  });

  it('does not believe a query handler that contradicts the memory', async () => {
    const shop = await given((handlers) =>
      handlers
        .command('inventory.reserve', () => 'reserved')
        .query('inventory.reservation', () => rejected('not-found')),
    );

    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });

    expect((await shop.replies(2))[1]).toMatchObject({ value: '"reserved"' });
  });

  it('believes a query handler that knows better', async () => {
    const shop = await given((handlers) =>
      handlers
        .command('inventory.reserve', () => 'reserved')
        .query('inventory.reservation', (_data, { remembered }) =>
          remembered?.output === 'reserved' ? disproved({ counted: 0 }) : null,
        ),
    );

    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });
    const [, told] = await shop.replies(2);

    expect([outcomeOf(told!), told!.headers[header.error], told!.value]).toEqual([
      'rejected',
      'not-done',
      '{"counted":0}',
    ]);
  });

  it('settles what was disproved for ever', async () => {
    let calls = 0;
    const shop = await given((handlers) =>
      handlers
        .command('inventory.reserve', () => (calls += 1))
        .query('inventory.reservation', () => disproved()),
    );

    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });
    await shop.replies(2);
    shop.ask();
    await shop.replies(3);

    expect(calls).toBe(1);
  });

  it('says that it cannot know what is older than the memory', async () => {
    const shop = await releasing();

    shop.ask({
      type: 'inventory.reservation',
      operation: 'verify-1',
      verifies: 'op-1',
      saga: saga(1, clock.now() - 20 * day),
    });

    expect(await shop.outcome()).toEqual(['failed', 'too-old']);
  });
});
