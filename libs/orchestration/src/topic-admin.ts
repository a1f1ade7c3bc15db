/** A topic to be made. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  /** Copies of each partition; absent: the broker's default. */
  readonly replication?: number;
  /** Settings by their Kafka names, for example `retention.ms`. */
  readonly config: Readonly<Record<string, string>>;
}

/** A topic as the broker describes it. */
export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
  readonly replication: number;
  /** Every setting in force by its Kafka name, defaults included. */
  readonly config: Readonly<Record<string, string>>;
}

/**
 * Makes topics and looks at them.
 *
 * Guarantees: when `create` has resolved, each topic exists and can be written to; one that existed before is left as
 * it is, whatever its settings. Errors: a retryable SagaError while the broker does not answer; LayoutError when it
 * refuses (not authorised, invalid setting), with the broker's reason.
 */
export abstract class TopicAdmin {
  /** Those of `names` that do not exist, in the order given. */
  abstract missing(names: readonly string[]): Promise<readonly string[]>;

  /** Those of `names` that exist, in the order given, with their settings. */
  abstract describe(names: readonly string[]): Promise<readonly TopicDescription[]>;

  /** Makes those that do not exist. */
  abstract create(topics: readonly TopicSpec[]): Promise<void>;
}
