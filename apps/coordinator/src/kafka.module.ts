import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { KafkaCommandSink, KafkaEventSource, KafkaTopicAdmin } from '#libs/kafka';
import { Clock, Log } from '#libs/messaging';
import type { Tracing } from '#libs/observability';
import { TopicAdmin } from '#libs/orchestration';
import type { Configuration } from './configuration.js';
import { CONFIGURATION, Sinks, Sources, TRACING } from './tokens.js';

const providers: Provider[] = [
  {
    provide: Sources,
    useFactory: ({ kafka }: Configuration, clock: Clock, log: Log): Sources => ({
      home: (topic, group) => new KafkaEventSource(kafka, clock, { group, topics: [topic], log }),
      domain: (topics, group) => new KafkaEventSource(kafka, clock, { group, topics, log }),
    }),
    inject: [CONFIGURATION, Clock, Log],
  },
  {
    provide: Sinks,
    useFactory: ({ kafka }: Configuration, clock: Clock, log: Log, tracing: Tracing): Sinks => ({
      make: () => tracing.untraced(new KafkaCommandSink(kafka, clock, { log })),
    }),
    inject: [CONFIGURATION, Clock, Log, TRACING],
  },
  {
    provide: TopicAdmin,
    useFactory: ({ kafka }: Configuration, log: Log) => new KafkaTopicAdmin(kafka, log),
    inject: [CONFIGURATION, Log],
  },
];

/** Readers, producers and topics of Kafka. */
@Module({})
export class KafkaModule {
  static connected(): DynamicModule {
    return { module: KafkaModule, global: true, providers, exports: [Sources, Sinks, TopicAdmin] };
  }
}
