import { Module, type DynamicModule } from '@nestjs/common';
import {
  InMemoryCommandSink,
  InMemoryDefinitionStore,
  InMemoryEventSource,
  InMemoryHousekeepingStore,
  InMemoryInstallationStore,
  InMemoryLaneStore,
  InMemoryOperatorStore,
  InMemoryTopicAdmin,
  InMemoryTransferStore,
  type InMemoryBroker,
  type InMemoryTables,
} from '#libs/memory';
import { TopicAdmin } from '#libs/orchestration';

import { Stores, Traffic } from './ports.js';

/** Broker and database in memory, in the place of Kafka and Postgres. Nothing outlives the process. */
@Module({})
export class InMemoryModule {
  static over(broker: InMemoryBroker, tables: InMemoryTables): DynamicModule {
    const providers = [
      { provide: Stores, useValue: inMemoryStores(tables) },
      { provide: Traffic, useValue: inMemoryTraffic(broker) },
      { provide: TopicAdmin, useValue: new InMemoryTopicAdmin(broker) },
    ];
    return {
      module: InMemoryModule,
      global: true,
      providers,
      exports: providers.map(({ provide }) => provide),
    };
  }
}

function inMemoryStores(tables: InMemoryTables): Stores {
  return {
    lanes: new InMemoryLaneStore(tables),
    operators: new InMemoryOperatorStore(tables),
    housekeeping: new InMemoryHousekeepingStore(tables),
    definitions: new InMemoryDefinitionStore(tables),
    installations: new InMemoryInstallationStore(tables),
    transfers: new InMemoryTransferStore(tables),
    stop: () => Promise.resolve(),
  };
}

function inMemoryTraffic(broker: InMemoryBroker): Traffic {
  return {
    home: (topic, group) => new InMemoryEventSource(broker, { topics: [topic], group }),
    domain: (topics, group) => new InMemoryEventSource(broker, { topics, group }),
    laneSink: new InMemoryCommandSink(broker),
    homeSink: new InMemoryCommandSink(broker),
  };
}
