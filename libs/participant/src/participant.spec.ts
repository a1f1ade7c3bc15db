import { afterEach, describe, expect, it } from '@jest/globals';
import { header } from '#libs/messaging';
import { type ScriptedMessage } from '#libs/testing';
import { CommandHandlers } from './command-handlers.js';
import { ForgetfulOperationMemory } from './forgetful-operation-memory.js';
import type { ClaimOutcome } from './operation-memory.js';
import {
  ask,
  clock,
  command,
  counting,
  gate,
  given,
  lane,
  saga,
  start,
  stopAll,
} from './participant.fixture.js';

afterEach(stopAll);

describe('a record that cannot be answered', () => {
  it('is kept, and the rest goes on', async () => {
    const shop = await counting();
    const bad: ScriptedMessage[] = [
      { value: '{', headers: command().headers },
      { value: '{}', headers: {} },
      { value: '{}', headers: { ...command().headers, [header.operation]: 'x'.repeat(3_000) } },
      { value: '{}', headers: { ...command().headers, [header.attempt]: '999999999999' } },
    ];

    shop.deliver([...bad, command()]);

    await shop.reply();
    await shop.until(() => shop.memory.parked().length === 4, 'four records are parked');
    expect(shop.memory.parked().map((parked) => parked.reason)).toEqual([
      'not-json',
      'missing-header',
      'malformed-header',
      'malformed-header',
    ]);
    await shop.untilCommitted(5);
  });

  it('is kept when the broker refuses its answer for good', async () => {
    const shop = await counting();
    shop.sink.fate = () => ({ kind: 'refused', code: 'no-such-topic', reason: 'no such topic' });

    shop.ask();

    await shop.until(() => shop.memory.parked().length === 1, 'the command is parked');
    expect(shop.memory.parked()[0]).toMatchObject({ reason: 'reply-refused', message: 'no such topic' });
    await shop.untilCommitted(1);
  });
});

describe('the position of a participant', () => {
  it('stays in front of a command whose answer is not acknowledged', async () => {
    const shop = await counting();
    let refusals = 3;
    shop.sink.fate = (record) => {
      if (record.key !== saga(1) || refusals === 0) return { kind: 'acknowledged' };
      refusals -= 1;
      expect(shop.source.hints).toEqual([]);
      return { kind: 'unsent', reason: 'no leader' };
    };

    shop.ask({ saga: saga(1) });
    shop.ask({ saga: saga(2), operation: 'op-2' });

    await shop.replies(2);
    await shop.untilCommitted(2);
    expect(refusals).toBe(0);
  });

  it('passes the markers behind a batch', async () => {
    const shop = await counting();

    shop.source.deliver(lane, [command()], 2);
    shop.source.deliver(lane, [], 1);

    await shop.untilCommitted(4);
  });

  it('is not committed for a partition that was taken away', async () => {
    const shop = await counting({ commitEveryMs: 60_000 });
    shop.ask();
    await shop.reply();

    shop.source.revoke([lane]);
    await shop.participant.stop();

    expect(shop.source.hints).toEqual([]);
  });

  it('is committed when the participant stops', async () => {
    const shop = await counting({ commitEveryMs: 60_000 });
    shop.ask();

    await shop.participant.stop();

    expect(shop.source.hints).toEqual([{ part: 2, next: 1 }]);
    expect(shop.source.isStopped).toBe(true);
  });
});

describe('a participant with much to do', () => {
  it('keeps the order of a saga and does not let sagas wait for each other', async () => {
    const { promise: held, open } = gate();
    const order: string[] = [];
    const shop = await given((handlers) =>
      handlers.command<string>('inventory.reserve', async (name) => {
        if (name === 'a1') await held;
        order.push(name);
        return name;
      }),
    );

    shop.deliver([ask('a1', 1), ask('a2', 1)]);
    shop.deliver([ask('b1', 2), ask('b2', 2)]);
    await shop.until(() => order.length === 2, 'the other saga is done');
    open();

    await shop.replies(4);
    expect(order).toEqual(['b1', 'b2', 'a1', 'a2']);
  });

  it('pauses a partition until it has caught up', async () => {
    const { promise: held, open } = gate();
    const shop = await given((handlers) => handlers.command('inventory.reserve', () => held), {
      maxOnTheWay: 4,
    });

    shop.deliver([1, 2, 3, 4, 5].map((n) => ask(`op-${n}`, n)));
    expect(shop.source.paused.size).toBe(1);
    open();

    await shop.replies(5);
    await shop.until(() => shop.source.paused.size === 0, 'the partition goes on');
  });

  it('tries again while its memory is away', async () => {
    let calls = 0;
    class Absent extends ForgetfulOperationMemory {
      override carryOut(
        ...args: Parameters<ForgetfulOperationMemory['carryOut']>
      ): Promise<readonly ClaimOutcome[]> {
        calls += 1;
        return calls < 3 ? Promise.reject(new Error('no connection')) : super.carryOut(...args);
      }
    }
    const handlers = new CommandHandlers<undefined>().command('inventory.reserve', () => 'reserved');
    const shop = await start(handlers, new Absent(clock));

    shop.ask();

    expect(await shop.outcome()).toEqual(['succeeded', undefined]);
  });
});
