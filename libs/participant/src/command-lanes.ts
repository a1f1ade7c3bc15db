import { partitionName, type EventSource, type Log, type TopicPartition } from '#libs/messaging';
import { CommandLane } from './command-lane.js';

/** The partitions of the command topic that are ours at present. */
export class CommandLanes {
  private readonly lanes = new Map<string, CommandLane>();

  constructor(
    private readonly source: EventSource,
    private readonly maxOnTheWay: number,
    private readonly log: Log,
  ) {}

  assign(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      const limits = { pauseAbove: this.maxOnTheWay, resumeBelow: this.maxOnTheWay / 2 };
      this.lanes.set(partitionName(at), new CommandLane(at, this.source, limits, this.log));
      this.source.resume(at);
    }
  }

  revoke(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      this.lanes.get(partitionName(at))?.revoke();
      this.lanes.delete(partitionName(at));
    }
  }

  find(at: TopicPartition): CommandLane | undefined {
    return this.lanes.get(partitionName(at));
  }

  pause(): void {
    for (const lane of this.lanes.values()) this.source.pause(lane.at);
  }

  async commit(): Promise<void> {
    await Promise.all([...this.lanes.values()].map((lane) => lane.commit()));
  }
}
