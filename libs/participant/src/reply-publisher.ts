import {
  waitFor,
  type Clock,
  type CommandSink,
  type Log,
  type OutgoingRecord,
  type PublishOutcome,
} from '#libs/messaging';

/** Most replies of one call of the sink. */
const maxReplies = 500;

const firstDelayMs = 50;
const longestDelayMs = 5_000;

interface Pending {
  readonly record: OutgoingRecord;
  readonly settle: (outcome: PublishOutcome) => void;
}

/**
 * Sends replies until each is acknowledged or refused.
 *
 * Guarantees: replies to one topic leave in the order they were given; what a topic cannot take holds back only
 * replies to that topic; replies given while a call is under way leave together in the next one.
 */
export class ReplyPublisher {
  private readonly byTopic = new Map<string, Pending[]>();
  private readonly sending = new Map<string, Promise<void>>();
  private isStopped = false;

  constructor(
    private readonly sink: CommandSink,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  /** Resolves with `acknowledged` or `refused`; with `unsent` only when the publisher was stopped before. */
  send(record: OutgoingRecord): Promise<PublishOutcome> {
    return new Promise((settle) => {
      const pending = this.byTopic.get(record.topic) ?? [];
      pending.push({ record, settle });
      this.byTopic.set(record.topic, pending);
      if (!this.sending.has(record.topic)) this.sending.set(record.topic, this.drain(record.topic, pending));
    });
  }

  /** Stops trying again what is not acknowledged. Resolves when no call is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.sending.values());
  }

  private async drain(topic: string, pending: Pending[]): Promise<void> {
    // One turn later, so that the answers of a batch leave together.
    await Promise.resolve();
    while (pending.length > 0) await this.sendAll(topic, pending.splice(0, maxReplies));
    this.sending.delete(topic);
  }

  private async sendAll(topic: string, batch: readonly Pending[]): Promise<void> {
    let rest = batch;
    for (let delayMs = firstDelayMs; rest.length > 0; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      rest = await this.sendOnce(rest);
      if (rest.length === 0) return;
      if (this.isStopped) return giveUp(rest);
      this.log.warn('replies are not acknowledged and are sent again', {
        topic,
        replies: rest.length,
        delayMs,
      });
      await waitFor(this.clock, delayMs);
    }
  }

  /** Returns what has to be sent again. */
  private async sendOnce(batch: readonly Pending[]): Promise<readonly Pending[]> {
    const outcomes = await this.sink.publish(batch.map((pending) => pending.record));
    return batch.filter(({ settle }, index) => {
      const outcome = outcomes[index]!;
      if (outcome.kind === 'unsent') return true;
      settle(outcome);
      return false;
    });
  }
}

function giveUp(rest: readonly Pending[]): void {
  for (const { settle } of rest) settle({ kind: 'unsent', reason: 'the participant stopped' });
}
