import type { InMemoryBroker } from './in-memory-broker.js';
import { TopicAdmin, type TopicDescription, type TopicSpec } from '#libs/orchestration';

/** Topics of an in-memory broker. It keeps no settings of a topic, so it remembers those it was given. */
export class InMemoryTopicAdmin extends TopicAdmin {
  private readonly configs = new Map<string, Readonly<Record<string, string>>>();

  constructor(private readonly broker: InMemoryBroker) {
    super();
  }

  override missing(names: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(names.filter((name) => this.broker.partitions(name) === undefined));
  }

  override describe(names: readonly string[]): Promise<readonly TopicDescription[]> {
    return Promise.resolve(
      names.flatMap((name) => {
        const partitions = this.broker.partitions(name);
        return partitions === undefined
          ? []
          : [{ name, partitions, replication: 1, config: this.configs.get(name) ?? {} }];
      }),
    );
  }

  override create(topics: readonly TopicSpec[]): Promise<void> {
    for (const { name, partitions, config } of topics) {
      if (this.broker.partitions(name) !== undefined) continue;
      this.broker.createTopic(name, { partitions });
      this.configs.set(name, config);
    }
    return Promise.resolve();
  }
}
