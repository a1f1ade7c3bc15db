import { context, type Context } from '@opentelemetry/api';
import { CommandSink, type OutgoingRecord, type PublishOutcome } from '#libs/messaging';

/**
 * A sink whose records keep their trace headers.
 *
 * Automatic instrumentation of a Kafka client overwrites the `traceparent` of what is sent; where it is told to be
 * quiet it does not.
 */
export class UntracedSink extends CommandSink {
  constructor(
    private readonly inner: CommandSink,
    private readonly quiet: (context: Context) => Context,
  ) {
    super();
  }

  override start(): Promise<void> {
    return context.with(this.quiet(context.active()), () => this.inner.start());
  }

  override stop(): Promise<void> {
    return this.inner.stop();
  }

  override publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    return context.with(this.quiet(context.active()), () => this.inner.publish(records));
  }

  override partitions(topic: string): Promise<number | undefined> {
    return this.inner.partitions(topic);
  }

  override knownPartitions(topic: string): number | undefined {
    return this.inner.knownPartitions(topic);
  }
}
