import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { Ctx, EventPattern, MessagePattern, Payload, RpcException } from '@nestjs/microservices';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import {
  commandHeaders,
  SystemClock,
  waitFor,
  type Command,
  type Json,
  type OutgoingRecord,
} from '#libs/messaging';
import { InMemoryBroker, InMemoryCommandSink, InMemoryEventSource } from '#libs/memory';
import {
  accepted,
  ForgetfulOperationMemory,
  rejected,
  PermanentError,
  TransientError,
  type Claim,
  type ClaimOutcome,
  type CommandContext,
  type HandlerAnswer,
  type Work,
} from '#libs/participant';
import {
  Answers,
  CarriesOut,
  participantToken,
  ParticipantModule,
  Transaction,
  type ParticipantStrategy,
} from './index.js';

const clock = new SystemClock();
const patienceMs = 15_000;
const calls: string[] = [];

@Controller()
class InventoryController {
  @CarriesOut('inventory.reserve')
  reserve(
    @Payload() data: { readonly units: number },
    @Ctx() context: CommandContext<undefined>,
  ): HandlerAnswer {
    calls.push(`reserve ${context.operation}`);
    return data.units > 5
      ? rejected('out-of-stock', { left: 5 })
      : { units: data.units, attempt: context.command.attempt };
  }

  @CarriesOut('inventory.fetch')
  fetch(): never {
    throw new TransientError('the shelf is locked', { error: 'shelf-locked', retryAfterMs: 3_000 });
  }

  @CarriesOut('inventory.weigh')
  weigh(): never {
    throw new PermanentError('there is no scale', { error: 'no-scale' });
  }

  @CarriesOut('inventory.release', { undoOfNothing: 'call' })
  release(@Payload() _data: Json, @Ctx() context: CommandContext<undefined>): Json {
    return { undoes: context.compensates ?? null };
  }

  @CarriesOut('inventory.order')
  order(): HandlerAnswer {
    return accepted();
  }

  @Answers('inventory.count')
  count(): Json {
    calls.push('count');
    return { units: 7 };
  }

  @CarriesOut('inventory.move')
  move(@Payload() _data: Json, @Transaction() transaction: unknown): Json {
    return { transaction: String(transaction) };
  }

  @MessagePattern('inventory.pack')
  pack(@Payload() data: Json): unknown {
    return of(data);
  }

  @MessagePattern('inventory.drop')
  drop(): never {
    throw new RpcException('dropped');
  }

  @EventPattern<string>('inventory.note')
  note(): void {
    calls.push('note');
  }

  @CarriesOut('payment.charge')
  charge(): Json {
    return null;
  }
}

/** Says which transaction it is in, as a database would have one. */
class NumberedMemory extends ForgetfulOperationMemory {
  private count = 0;

  override carryOut(claims: readonly Claim[], work: Work<undefined>): Promise<readonly ClaimOutcome[]> {
    const transaction = `transaction ${(this.count += 1)}` as unknown as undefined;
    return super.carryOut(claims, {
      ...work,
      carryOut: (granted) => work.carryOut({ ...granted, transaction }),
    });
  }
}

interface Running {
  readonly app: INestMicroservice;
  readonly broker: InMemoryBroker;
  readonly strategy: ParticipantStrategy<undefined>;
}

let running: Running | undefined;

async function givenInventory(
  controllers = [InventoryController] as readonly (new () => object)[],
): Promise<Running> {
  const broker = new InMemoryBroker(clock);
  broker.createTopic('inventory.commands');
  broker.createTopic('skald.home', { partitions: 3 });
  const inventory = ParticipantModule.register({
    name: 'inventory',
    useFactory: () => ({
      source: new InMemoryEventSource(broker, { group: 'inventory', topics: ['inventory.commands'] }),
      sink: new InMemoryCommandSink(broker),
      memory: new NumberedMemory(clock),
      settings: { commitEveryMs: 5 },
    }),
  });

  @Module({ imports: [inventory], controllers: [...controllers] })
  class Shop {}

  const module = await Test.createTestingModule({ imports: [Shop] }).compile();
  const strategy = module.get<ParticipantStrategy<undefined>>(participantToken('inventory'), {
    strict: false,
  });
  const app = module.createNestMicroservice({ strategy });
  app.useLogger(false);
  running = { app, broker, strategy };
  return running;
}

async function listening(): Promise<Running> {
  calls.length = 0;
  const inventory = await givenInventory();
  await inventory.app.listen();
  return inventory;
}

afterEach(async () => {
  await running?.app.close();
  running = undefined;
});

function command(type: string, data: Json, part: Partial<Command> = {}): OutgoingRecord {
  const saga = '0196f0a0-0000-7abc-8000-000000000001';
  const operation = part.operation ?? `${type}/1/do~k.p`;
  const headers = {
    id: `${operation}.1`,
    type,
    source: '/skald/spec',
    at: clock.now(),
    saga,
    operation,
    attempt: 1,
    sagaType: 'order-fulfilment',
    step: 'step',
    revision: 1,
    replyTo: 'skald.home',
    replyPartition: 2,
    hops: 1,
    trace: {},
    ...part,
  };
  const topic = 'inventory.commands';
  return { topic, part: 0, key: saga, value: JSON.stringify(data), headers: commandHeaders(headers, 'e1') };
}

/** What the participant has said, once there is this much of it. */
async function repliesOf({ broker }: Running, count: number) {
  const giveUpAt = clock.elapsed() + patienceMs;
  for (;;) {
    const { records } = broker.log({ topic: 'skald.home', part: 2 })!.read(0, 1_000);
    if (records.length >= count) {
      return records.map(({ headers, value }) => ({
        outcome: String(headers['saga-outcome']),
        error: headers['saga-error'] === undefined ? undefined : String(headers['saga-error']),
        retryAfter:
          headers['saga-retry-after'] === undefined ? undefined : String(headers['saga-retry-after']),
        data: JSON.parse(String(value)) as Json,
      }));
    }
    if (clock.elapsed() > giveUpAt)
      throw new Error(`waited ${patienceMs} ms for ${count} replies, there are ${records.length}`);
    await waitFor(clock, 2);
  }
}

async function replyTo(type: string, data: Json, part: Partial<Command> = {}) {
  const inventory = await listening();
  inventory.broker.append(command(type, data, part));
  return (await repliesOf(inventory, 1))[0]!;
}

describe('a controller that carries out commands', () => {
  it('answers with what its method returns', async () => {
    expect(await replyTo('inventory.reserve', { units: 2 })).toMatchObject({
      outcome: 'succeeded',
      data: { units: 2, attempt: 1 },
    });
  });

  it('says no by value', async () => {
    expect(await replyTo('inventory.reserve', { units: 9 })).toMatchObject({
      outcome: 'rejected',
      error: 'out-of-stock',
      data: { left: 5 },
    });
  });

  it('fails with the name and patience of what it throws', async () => {
    expect(await replyTo('inventory.fetch', null)).toMatchObject({
      outcome: 'failed',
      error: 'shelf-locked',
      retryAfter: '3',
    });
  });

  it('fails for good with what it throws', async () => {
    expect(await replyTo('inventory.weigh', null)).toMatchObject({
      outcome: 'failed',
      error: 'no-scale',
      retryAfter: 'never',
    });
  });

  it('undoes, and is told what', async () => {
    const undone = { operation: 'reserve/1/undo~k.p', compensates: 'reserve/1/do~k.p' };

    expect(await replyTo('inventory.release', null, undone)).toMatchObject({
      data: { undoes: 'reserve/1/do~k.p' },
    });
  });

  it('is not called again for a repeated command', async () => {
    const inventory = await listening();

    inventory.broker.append(command('inventory.reserve', { units: 1 }));
    inventory.broker.append(command('inventory.reserve', { units: 1 }));

    const [first, second] = await repliesOf(inventory, 2);
    expect(second).toEqual(first);
    expect(calls).toEqual(['reserve inventory.reserve/1/do~k.p']);
  });

  it('is called each time for a query', async () => {
    const inventory = await listening();

    inventory.broker.append(command('inventory.count', null));
    inventory.broker.append(command('inventory.count', null));

    expect((await repliesOf(inventory, 2))[1]).toMatchObject({ outcome: 'succeeded', data: { units: 7 } });
    expect(calls).toEqual(['count', 'count']);
  });

  it('gets the transaction of the memory', async () => {
    expect(await replyTo('inventory.move', null)).toMatchObject({ data: { transaction: 'transaction 1' } });
  });

  it('answers later what it accepted', async () => {
    const inventory = await listening();
    inventory.broker.append(command('inventory.order', null));
    await repliesOf(inventory, 1);

    await inventory.strategy.participant.complete('inventory.order/1/do~k.p', { arrived: 12 });

    expect((await repliesOf(inventory, 2)).map(({ outcome, data }) => [outcome, data])).toEqual([
      ['accepted', null],
      ['succeeded', { arrived: 12 }],
    ]);
  });
});

describe('a method with a standard pattern', () => {
  it('answers with the last value of an observable', async () => {
    expect(await replyTo('inventory.pack', { box: 1 })).toMatchObject({
      outcome: 'succeeded',
      data: { box: 1 },
    });
  });

  it('fails without a name of its own', async () => {
    expect(await replyTo('inventory.drop', null)).toMatchObject({ outcome: 'failed', error: 'error' });
  });

  it('may be an event pattern', async () => {
    expect(await replyTo('inventory.note', null)).toMatchObject({ outcome: 'succeeded', data: null });
    expect(calls).toEqual(['note']);
  });
});

describe('a participant among others', () => {
  it('does not carry out commands of another name', async () => {
    expect(await replyTo('payment.charge', null)).toMatchObject({
      outcome: 'failed',
      error: 'unknown-command',
    });
  });

  it('does not start without a handler', async () => {
    @Controller()
    class PaymentController {
      @CarriesOut('payment.charge')
      charge(): Json {
        return null;
      }
    }
    const { app } = await givenInventory([PaymentController]);

    await expect(app.listen()).rejects.toThrow('found payment.charge');
  });

  it('does not start with two handlers of one command', async () => {
    @Controller()
    class NoisyController {
      @EventPattern<string>('inventory.note')
      note(): void {
        calls.push('one');
      }

      @EventPattern<string>('inventory.note')
      noteToo(): void {
        calls.push('two');
      }
    }
    const { app } = await givenInventory([NoisyController]);

    await expect(app.listen()).rejects.toThrow('several handlers');
  });
});

describe('the life of a participant', () => {
  it('leaves its group when the application closes', async () => {
    const inventory = await listening();
    inventory.broker.append(command('inventory.reserve', { units: 2 }));
    await repliesOf(inventory, 1);

    await inventory.app.close();

    expect(inventory.broker.committed('inventory', { topic: 'inventory.commands', part: 0 })).toBe(1);
  });

  it('tells its status', async () => {
    const inventory = await givenInventory();
    const told: string[] = [];
    inventory.strategy.status.subscribe((status) => told.push(status));

    await inventory.app.listen();
    await inventory.app.close();

    expect(told).toEqual(['running', 'stopped']);
  });

  it('can be closed before it listens', async () => {
    const { strategy } = await givenInventory();

    await strategy.close();

    expect(() => strategy.participant).toThrow('has not been started');
  });
});
