import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InMemoryBroker, InMemoryCommandSink, InMemoryEventSource, InMemoryTables } from '#libs/memory';
import { NoLog, SystemClock } from '#libs/messaging';
import { JsonLog, startMetrics, startTracing } from '#libs/observability';
import { CommandHandlers, ForgetfulOperationMemory, Participant, rejected } from '#libs/participant';
import { AppModule } from './app.module.js';
import { SurroundingsModule } from './surroundings.module.js';
import { readConfiguration } from './configuration.js';
import { httpApplication } from './http/http-application.js';
import { InMemoryModule } from './in-memory.module.js';
import { soundEnvironment } from './sound-environment.fixture.js';

/** A whole coordinator in this process, with participants that answer, and what it logged. */
export interface RunningService {
  readonly app: NestFastifyApplication;
  readonly broker: InMemoryBroker;
  readonly logged: readonly string[];
  stop(): Promise<void>;
}

/** Starts a coordinator in memory with three participants; shipping refuses orders above 1,000. */
export async function runningService(
  environment: Readonly<Record<string, string>> = {},
): Promise<RunningService> {
  const clock = new SystemClock();
  const logged: string[] = [];
  const configuration = readConfiguration({ ...soundEnvironment, ...environment });
  const log = new JsonLog({ clock, level: configuration.logLevel, write: (line) => void logged.push(line) });
  const broker = new InMemoryBroker(clock);
  for (const name of ['inventory', 'payment', 'shipping']) broker.createTopic(`${name}.commands`);
  const tracing = await startTracing('coordinator');
  const metrics = await startMetrics('coordinator', {});
  const surroundings = { configuration, clock, log, tracing, metrics };
  const module = AppModule.over(
    SurroundingsModule.of(surroundings),
    InMemoryModule.over(broker, new InMemoryTables()),
  );
  const app = await httpApplication(module, { maxBodyBytes: configuration.maxBodyBytes, log });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const stopParticipants = await startParticipants(broker, clock);
  const stop = async (): Promise<void> => {
    await app.close();
    await stopParticipants();
  };
  return { app, broker, logged, stop };
}

interface Order {
  readonly orderId: string;
  readonly total: number;
}

async function startParticipants(broker: InMemoryBroker, clock: SystemClock): Promise<() => Promise<void>> {
  const sink = new InMemoryCommandSink(broker);
  await sink.start();
  const refusedOnce = new Set<string>();
  const handlers = {
    inventory: new CommandHandlers<undefined>()
      .command('inventory.reserve', () => ({ reservation: 'r-1' }))
      .command('inventory.release', () => null),
    payment: new CommandHandlers<undefined>()
      .command('payment.charge', () => ({ charge: 'c-1' }))
      .command<Order>('payment.charge-once', ({ orderId }) => {
        if (refusedOnce.has(orderId)) return { charge: 'c-2' };
        refusedOnce.add(orderId);
        throw new Error('the bank is closed');
      })
      .command('payment.refund', () => null),
    shipping: new CommandHandlers<undefined>().command<Order>('shipping.arrange', ({ total }) =>
      total > 1_000 ? rejected('no-carrier') : { parcel: 'p-1' },
    ),
  };
  const participants = Object.entries(handlers).map(([name, commands]) => {
    const source = new InMemoryEventSource(broker, { topics: [`${name}.commands`], group: name });
    return new Participant({
      name,
      handlers: commands,
      source,
      sink,
      memory: new ForgetfulOperationMemory(clock),
      clock,
      log: new NoLog(),
    });
  });
  for (const participant of participants) await participant.start();
  return async () => {
    for (const participant of participants) await participant.stop();
    await sink.stop();
  };
}
