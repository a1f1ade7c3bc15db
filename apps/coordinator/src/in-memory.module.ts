import { Module, type DynamicModule } from '@nestjs/common';
import {
  InMemoryCommandSink,
  InMemoryDefinitionStore,
  InMemoryEventSource,
  InMemoryHousekeepingStore,
  InMemoryInstallationStore,
  InMemoryLaneStore,
  InMemoryOperatorStore,
  type InMemoryBroker,
  type InMemoryTables,
} from '#libs/memory';
import { DefinitionStore, HousekeepingStore, InstallationStore, LaneStore, OperatorStore, TopicAdmin } from '#libs/orchestration';
import { InMemoryTopicAdmin } from './in-memory-topic-admin.js';
import { Connections, Sinks, Sources } from './tokens.js';

/** Broker and database in memory, in the place of Kafka and Postgres. Nothing outlives the process. */
@Module({})
export class InMemoryModule {
  static over(broker: InMemoryBroker, tables: InMemoryTables): DynamicModule {
    const sources: Sources = {
      home: (topic, group) => new InMemoryEventSource(broker, { topics: [topic], group }),
      domain: (topics, group) => new InMemoryEventSource(broker, { topics, group }),
    };
    const sinks: Sinks = { make: () => new InMemoryCommandSink(broker) };
    const providers = [
      { provide: LaneStore, useValue: new InMemoryLaneStore(tables) },
      { provide: OperatorStore, useValue: new InMemoryOperatorStore(tables) },
      { provide: HousekeepingStore, useValue: new InMemoryHousekeepingStore(tables) },
      { provide: DefinitionStore, useValue: new InMemoryDefinitionStore(tables) },
      { provide: InstallationStore, useValue: new InMemoryInstallationStore(tables) },
      { provide: TopicAdmin, useValue: new InMemoryTopicAdmin(broker) },
      { provide: Sources, useValue: sources },
      { provide: Sinks, useValue: sinks },
      { provide: Connections, useValue: { close: () => Promise.resolve() } },
    ];
    return { module: InMemoryModule, global: true, providers, exports: providers.map(({ provide }) => provide) };
  }
}
