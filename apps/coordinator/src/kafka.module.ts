import { Module, type DynamicModule } from '@nestjs/common';
import { KafkaCommandSink, KafkaEventSource, KafkaTopicAdmin } from '#libs/kafka';
import { TopicAdmin } from '#libs/orchestration';
import { Base, Traffic } from './ports.js';

/** Readers, producers and topics of Kafka. Nothing is connected before it is started. */
@Module({})
export class KafkaModule {
  static connected(): DynamicModule {
    const providers = [
      { provide: Traffic, useFactory: kafkaTraffic, inject: [Base] },
      {
        provide: TopicAdmin,
        useFactory: ({ configuration, log }: Base) => new KafkaTopicAdmin(configuration.kafka, log),
        inject: [Base],
      },
    ];
    return { module: KafkaModule, global: true, providers, exports: [Traffic, TopicAdmin] };
  }
}

function kafkaTraffic({ configuration: { kafka }, clock, log, tracing }: Base): Traffic {
  const sink = () => tracing.untraced(new KafkaCommandSink(kafka, clock, { log }));
  return {
    home: (topic, group) => new KafkaEventSource(kafka, clock, { group, topics: [topic], log }),
    domain: (topics, group) => new KafkaEventSource(kafka, clock, { group, topics, log }),
    laneSink: sink(),
    homeSink: sink(),
  };
}
