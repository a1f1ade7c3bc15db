import {
  EventSource,
  type InboundRecord,
  type Offset,
  type PartitionEdges,
  type TopicPartition,
} from '#libs/messaging';

/** Another source with something about it changed: whatever a subclass does not say is the other's. */
export abstract class SourceAround extends EventSource {
  readonly group: string;

  constructor(protected readonly source: EventSource) {
    super();
    this.group = source.group;
  }

  override stop(): Promise<void> {
    return this.source.stop();
  }

  override seek(at: TopicPartition, offset: Offset): void {
    this.source.seek(at, offset);
  }

  override pause(at: TopicPartition): void {
    this.source.pause(at);
  }

  override resume(at: TopicPartition): void {
    this.source.resume(at);
  }

  override hint(at: TopicPartition, next: Offset): Promise<void> {
    return this.source.hint(at, next);
  }

  override hinted(at: TopicPartition): Promise<Offset | undefined> {
    return this.source.hinted(at);
  }

  override edges(at: TopicPartition): Promise<PartitionEdges> {
    return this.source.edges(at);
  }

  override peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined> {
    return this.source.peek(at, offset);
  }
}
