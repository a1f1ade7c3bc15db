import { Module, type DynamicModule } from '@nestjs/common';
import { KafkaCommandSink, KafkaEventSource, KafkaTopicAdmin } from '#libs/kafka';
import { TopicAdmin } from '#libs/orchestration';
import { Surroundings, Traffic } from './ports.js';

/** Readers, producers and topics of Kafka. Nothing is connected before it is started. */
@Module({})
export class KafkaModule {
  static connected(traffic = kafkaTraffic): DynamicModule {
    const providers = [
      { provide: Traffic, useFactory: traffic, inject: [Surroundings] },
      {
        provide: TopicAdmin,
        useFactory: ({ configuration, log }: Surroundings) => new KafkaTopicAdmin(configuration.kafka, log),
        inject: [Surroundings],
      },
    ];
    return { module: KafkaModule, global: true, providers, exports: [Traffic, TopicAdmin] };
  }
}

/** Readers and producers of Kafka by the settings of a process. */
export function kafkaTraffic({ configuration, clock, log, tracing }: Surroundings): Traffic {
  const { kafka, sessionTimeoutMs } = configuration;
  const sink = () => tracing.untraced(new KafkaCommandSink(kafka, clock, { log }));
  return {
    home: (topic, group) =>
      new KafkaEventSource(kafka, clock, { group, topics: [topic], sessionTimeoutMs, log }),
    domain: (topics, group) => new KafkaEventSource(kafka, clock, { group, topics, sessionTimeoutMs, log }),
    laneSink: sink(),
    homeSink: sink(),
  };
}
