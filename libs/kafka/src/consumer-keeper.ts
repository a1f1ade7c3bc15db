import type { Kafka } from 'kafkajs';
import {
  waitFor,
  type CancelTimer,
  type Clock,
  type Log,
  type Offset,
  type TopicPartition,
} from '#libs/messaging';
import { ConsumerLife, type ConsumerOwner, type GroupTimes } from './consumer-life.js';
import { isPermanent, isUnbelieved } from './kafka-errors.js';

/** What is kept reading. */
export interface KeptGroup {
  readonly group: string;
  readonly times: GroupTimes;
  readonly stalledAfterMs: number;
  readonly fatalAfterMs: number;
  /** Credentials change while the process runs: those that the broker refuses may be older or newer than its own. */
  readonly isRotated: boolean;
  /** Topics that exist at present, of those to be read. */
  present(): Promise<readonly string[]>;
}

/** Who reads. */
export interface KeeperOwner extends Omit<ConsumerOwner, 'died'> {
  /** A partition that may be fetched has not been asked for lately. */
  hasUnasked(): boolean;
  metadataRead(): void;
  /** There is no consumer any more, and perhaps soon another one. */
  interrupted(): void;
  /** There will be no other one. */
  hopeless(reason: unknown): void;
}

const watchEveryMs = 1_000;
const firstBackoffMs = 200;
const longestBackoffMs = 5_000;
const permanentAttempts = 3;
/** A consumer that has lived so long was healthy. */
const healthyMs = 10_000;

/** Sees to it that there is a living consumer: makes one, watches it, and makes another one when it dies or stalls. */
export class ConsumerKeeper {
  private life: ConsumerLife | undefined;
  private building: Promise<void> | undefined;
  private watch: CancelTimer | undefined;
  private bornAt = 0;
  private failures = 0;
  private failingSince: number | undefined;
  private goesOn = true;

  constructor(
    private readonly kafka: Kafka,
    private readonly kept: KeptGroup,
    private readonly owner: KeeperOwner,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Resolves when the group has been joined. Rejects when that is hopeless. */
  async start(): Promise<void> {
    this.building = this.build();
    try {
      await this.building;
    } finally {
      this.building = undefined;
    }
    this.planWatch();
  }

  async stop(): Promise<void> {
    this.goesOn = false;
    this.watch?.();
    await this.building?.catch(() => undefined);
    await this.life?.end();
  }

  /** Id of a topic as the consumer knows it. */
  topicId(topic: string): string | undefined {
    return this.life?.topicId(topic);
  }

  /** Writes committed offsets. Rejects when the broker did not confirm them. */
  async commit(positions: readonly { readonly at: TopicPartition; readonly next: Offset }[]): Promise<void> {
    if (this.life === undefined) throw new Error('the consumer is being rebuilt');
    await this.life.commit(positions);
  }

  private async build(): Promise<void> {
    let former = this.life?.memberId;
    await this.life?.end();
    while (this.goesOn) {
      const { group, times } = this.kept;
      const membership = { group, topics: await this.kept.present(), times };
      const life = new ConsumerLife(this.kafka, membership, this.ownerOfLife(), this.clock, this.log);
      this.life = life;
      try {
        await life.start(former);
        this.bornAt = this.clock.elapsed();
        return;
      } catch (error) {
        former = life.memberId ?? former;
        this.owner.interrupted();
        await life.end();
        await this.afterFailure(error);
      }
    }
  }

  private ownerOfLife(): ConsumerOwner {
    return {
      held: () => this.owner.held(),
      joined: (member, partitions) => {
        if (this.goesOn) this.owner.joined(member, partitions);
      },
      fetch: (broker, wanted, cluster) => this.owner.fetch(broker, wanted, cluster),
      died: (error) => this.rebuild(error),
    };
  }

  /** Waits a while, or gives up: what trying again cannot cure at the third time, everything else after long enough. */
  private async afterFailure(error: unknown): Promise<void> {
    const now = this.clock.elapsed();
    const { group, fatalAfterMs } = this.kept;
    this.failures += 1;
    this.failingSince ??= now;
    this.log.warn('a consumer could not go on', { group, failures: this.failures, error: String(error) });
    const isHopeless =
      isPermanent(error) &&
      !(this.kept.isRotated && isUnbelieved(error)) &&
      this.failures >= permanentAttempts;
    if (isHopeless || now - this.failingSince > fatalAfterMs) throw error;
    await waitFor(this.clock, Math.min(firstBackoffMs * 2 ** (this.failures - 1), longestBackoffMs));
  }

  private rebuild(error: unknown): void {
    if (this.building !== undefined || !this.goesOn) return;
    this.owner.interrupted();
    this.forgiveIfHealthy();
    this.building = this.afterFailure(error)
      .then(() => this.build())
      .catch((reason: unknown) => this.giveUp(reason))
      .finally(() => {
        this.building = undefined;
      });
  }

  private giveUp(reason: unknown): void {
    if (!this.goesOn) return;
    this.owner.interrupted();
    this.owner.hopeless(reason);
  }

  private planWatch(): void {
    this.watch = this.clock.after(watchEveryMs, () => {
      if (!this.goesOn) return;
      this.look();
      this.planWatch();
    });
  }

  /** Finds what is dead without saying so: a loop that stands still, a partition nobody asks for. */
  private look(): void {
    const { life } = this;
    if (life === undefined || this.building !== undefined) return;
    const { stalledAfterMs, times } = this.kept;
    const patienceMs = life.isJoining ? stalledAfterMs + times.rebalanceTimeoutMs : stalledAfterMs;
    if (this.clock.elapsed() - life.aliveAt > patienceMs)
      return this.rebuild(new Error('the consumer has stalled'));
    if (this.owner.hasUnasked())
      void life.refreshMetadata().then(
        () => this.owner.metadataRead(),
        () => undefined,
      );
    this.forgiveIfHealthy();
  }

  private forgiveIfHealthy(): void {
    if (this.clock.elapsed() - this.bornAt < healthyMs) return;
    this.failures = 0;
    this.failingSince = undefined;
  }
}
