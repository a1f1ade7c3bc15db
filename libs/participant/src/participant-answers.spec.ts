import { afterEach, describe, expect, it } from '@jest/globals';
import { header, type Json } from '#libs/messaging';
import type { CommandContext } from './command-context.js';
import { accepted, rejected } from './handler-answer.js';
import { clock, command, counting, day, given, outcomeOf, saga, stopAll } from './participant.fixture.js';
import { PermanentError } from './permanent-error.js';
import { TransientError } from './transient-error.js';

afterEach(stopAll);

describe('a participant that is asked', () => {
  it('answers to the partition it was told, with what was asked', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => ({ reservation: 'r-1' })),
    );

    shop.ask({ operation: 'reserve~k.1', attempt: 2 });

    const reply = await shop.reply();
    expect(reply).toMatchObject({
      topic: 'skald.home',
      part: 7,
      key: saga(1),
      value: '{"reservation":"r-1"}',
    });
    expect(reply.headers).toMatchObject({
      [header.id]: 'reserve~k.1.2.succeeded',
      [header.source]: '/participants/inventory',
      [header.type]: 'inventory.reserve.succeeded',
      [header.correlation]: saga(1),
      [header.causation]: 'reserve~k.1.2',
      [header.operation]: 'reserve~k.1',
      [header.outcome]: 'succeeded',
      [header.traceparent]: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    });
  });

  it('refuses what a former holder of a lock sends', async () => {
    const shop = await counting();
    const locked = (operation: string, token: number) => ({ operation, locks: { 'dock/1': token } });

    shop.ask(locked('reserve~k.1', 7));
    await shop.replies(1);
    shop.ask(locked('reserve~k.2', 8));
    await shop.replies(2);
    shop.ask(locked('reserve~k.3', 7));

    const replies = await shop.replies(3);
    expect(replies.map(({ headers }) => headers[header.error] ?? headers[header.outcome])).toEqual([
      'succeeded',
      'succeeded',
      'lock-lost',
    ]);
  });

  it('tells its handler everything about the command', async () => {
    const seen: CommandContext<undefined>[] = [];
    const shop = await given((handlers) =>
      handlers.command<{ sku: string }>('inventory.reserve', (data, context) => {
        seen.push(context);
        return data.sku;
      }),
    );
    const deadline = clock.now() + 60_000;

    shop.ask({ data: { sku: 'lamp' }, deadline });

    expect((await shop.reply()).value).toBe('"lamp"');
    expect(seen[0]).toMatchObject({
      operation: 'op-1',
      deadline,
      command: { step: 'reserveStock', revision: 3 },
    });
  });

  it('says no when the business says no', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => rejected('out-of-stock', { left: 0 })),
    );

    shop.ask();

    expect(await shop.outcome()).toEqual(['rejected', 'out-of-stock']);
  });

  it('says failed when the handler throws', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => {
        throw new RangeError('far out');
      }),
    );

    shop.ask();

    expect(await shop.outcome()).toEqual(['failed', 'range-error']);
  });

  it('says when to come again', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => {
        throw new TransientError('busy', { error: 'warehouse-busy', retryAfterMs: 1_200 });
      }),
    );

    shop.ask();

    expect((await shop.reply()).headers).toMatchObject({
      [header.error]: 'warehouse-busy',
      [header.retryAfter]: '2',
    });
  });

  it('says that it would fail again', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => {
        throw new PermanentError('there is no such warehouse', { error: 'no-such-warehouse' });
      }),
    );

    shop.ask();

    expect((await shop.reply()).headers).toMatchObject({
      [header.outcome]: 'failed',
      [header.error]: 'no-such-warehouse',
      [header.retryAfter]: 'never',
    });
  });

  it.each([
    ['a NUL character', 'a\0b'],
    ['more than it may say', 'x'.repeat(2_000)],
    ['what is not JSON', 10n as unknown as Json],
  ])('says failed rather than send %s', async (_what, output) => {
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => output), {
      maxAnswerBytes: 1_000,
    });

    shop.ask();

    expect((await shop.outcome())[0]).toBe('failed');
  });

  it('says the name of an error without what no store takes', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => rejected(`out\0-of-stock${'!'.repeat(300)}`)),
    );

    shop.ask();

    expect((await shop.outcome())[1]).toHaveLength(200);
  });

  it('says that it does not know the command', async () => {
    const shop = await given((handlers) => handlers);

    shop.ask({ type: 'inventory.explode' });

    expect(await shop.outcome()).toEqual(['failed', 'unknown-command']);
  });
});

describe('a participant that uses something up', () => {
  it('says so with its answer, and the same with every repeat of it', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', (_data, { used }) => {
        used({ tokens: 1_200, 'cost-eur': 0.01 });
        used({ tokens: 640 });
        return 'done';
      }),
    );

    shop.ask();
    shop.ask();

    const said = (await shop.replies(2)).map(({ headers }) => headers[header.usage]);
    expect(said).toEqual(['tokens=1840, cost-eur=0.01', 'tokens=1840, cost-eur=0.01']);
  });

  it('says so when it fails, refuses or answers late, too', async () => {
    const shop = await given((handlers) =>
      handlers
        .command('inventory.reserve', (_data, { used }) => {
          used({ tokens: 1 });
          throw new TransientError('busy');
        })
        .command('inventory.count', (_data, { used }) => {
          used({ tokens: 2 });
          return rejected('uncountable');
        })
        .query('inventory.stock', (_data, { used }) => {
          used({ tokens: 3 });
          throw new TransientError('busy');
        })
        .command('inventory.check', () => accepted()),
    );

    shop.ask();
    shop.ask({ type: 'inventory.count', operation: 'op-2', saga: saga(2) });
    shop.ask({ type: 'inventory.stock', operation: 'op-3', saga: saga(3) });
    shop.ask({ type: 'inventory.check', operation: 'op-4', saga: saga(4) });
    await shop.replies(4);
    await shop.participant.complete('op-4', 'checked', { tokens: 4 });

    const said = (await shop.replies(5)).map(({ key, headers }) => [key, headers[header.usage]]);
    expect(said).toEqual(
      expect.arrayContaining([
        [saga(1), 'tokens=1'],
        [saga(2), 'tokens=2'],
        [saga(3), 'tokens=3'],
        [saga(4), undefined],
        [saga(4), 'tokens=4'],
      ]),
    );
  });

  it('answers although what it says makes no sense', async () => {
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', (_data, { used }) => used({ 'Tokens\0': Number.NaN })),
    );

    shop.ask();

    const { headers } = await shop.reply();
    expect([headers[header.outcome], headers[header.usage]]).toEqual(['succeeded', 'Tokens?=NaN']);
  });
});

describe('a participant that is asked twice', () => {
  it('gives the same answer without doing it again', async () => {
    const shop = await counting();

    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 2 });

    expect((await shop.replies(3)).map((reply) => reply.value)).toEqual(['1', '1', '1']);
  });

  it('does again what failed, for a new attempt only', async () => {
    let calls = 0;
    const shop = await given((handlers) =>
      handlers.command('inventory.reserve', () => {
        calls += 1;
        if (calls === 1) throw new TransientError('busy');
        return calls;
      }),
    );

    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 1 });
    shop.ask({ attempt: 2 });

    expect((await shop.replies(3)).map(outcomeOf)).toEqual(['failed', 'failed', 'succeeded']);
  });

  it('does not repeat what is older than its memory', async () => {
    const shop = await counting();

    shop.ask({ at: clock.now() - 14 * day + 3_500_000 });

    expect(await shop.outcome()).toEqual(['failed', 'too-old']);
  });

  it('does one that two sagas claim once', async () => {
    const shop = await counting();

    shop.deliver([command({ saga: saga(1) }), command({ saga: saga(2) })]);

    expect((await shop.replies(2)).map((reply) => reply.value)).toEqual(['1', '1']);
  });
});

describe('a command that comes too late', () => {
  it('is refused, and stays refused when it is repeated', async () => {
    const shop = await counting();

    shop.ask({ deadline: clock.now() - 1 });
    shop.ask({ deadline: clock.now() + 60_000 });
    shop.ask({ attempt: 2 });

    expect((await shop.replies(3)).map((reply) => reply.headers[header.error] ?? 'none')).toEqual([
      'too-late',
      'too-late',
      'none',
    ]);
  });

  it('is carried out within the allowance', async () => {
    const shop = await counting({ deadlineAllowanceMs: 10_000 });

    shop.ask({ deadline: clock.now() - 1_000 });

    expect(await shop.outcome()).toEqual(['succeeded', undefined]);
  });
});

describe('a query on its own', () => {
  it('is answered each time afresh', async () => {
    let calls = 0;
    const shop = await given((handlers) => handlers.query('inventory.stock', () => (calls += 1)));

    shop.ask({ type: 'inventory.stock' });
    shop.ask({ type: 'inventory.stock' });

    expect((await shop.replies(2)).map((reply) => reply.value)).toEqual(['1', '2']);
  });
});

describe('an accepted command', () => {
  it('is answered later, and again when it is repeated', async () => {
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => accepted()));
    shop.ask();
    shop.ask({ type: 'inventory.reservation', operation: 'verify-1', verifies: 'op-1' });
    await shop.replies(2);

    expect(await shop.participant.complete('op-1', () => ({ reservation: 'r-1' }))).toEqual({
      kind: 'completed',
    });
    shop.ask();

    const replies = await shop.replies(4);
    expect(replies.map(outcomeOf)).toEqual(['accepted', 'accepted', 'succeeded', 'succeeded']);
    expect(replies[2]?.headers).toMatchObject({
      [header.id]: 'op-1.1.succeeded',
      [header.causation]: 'op-1.1',
    });
    expect(await shop.participant.complete('op-1', 'again')).toEqual({ kind: 'not-open', state: 'done' });
  });

  it('can end in a no or a failure', async () => {
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => accepted()));
    shop.ask();
    shop.ask({ operation: 'op-2', saga: saga(2) });
    shop.ask({ operation: 'op-3', saga: saga(3) });
    await shop.replies(3);

    await shop.participant.complete('op-1', rejected('out-of-stock'));
    await shop.participant.complete('op-2', new TransientError('busy'));
    await shop.participant.complete('op-3', new PermanentError('gone'));

    const ends = (await shop.replies(6)).slice(3);
    expect(ends.map(outcomeOf)).toEqual(['rejected', 'failed', 'failed']);
    expect(ends.map(({ headers }) => headers[header.retryAfter])).toEqual([undefined, undefined, 'never']);
    expect(await shop.participant.complete('op-9', 1)).toEqual({ kind: 'not-open' });
  });
});
