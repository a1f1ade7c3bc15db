import {
  commandTopic,
  waitFor,
  type Clock,
  type CommandSink,
  type EventSource,
  type Log,
} from '#libs/messaging';
import {
  Participant,
  type CommandHandlers,
  type OperationMemory,
  type ParticipantSettings,
  type ParticipantTrace,
} from '#libs/participant';
import { LosingSink, ReplyLoss } from './reply-loss.js';

/** What the shop is run on: Kafka in processes, a broker in memory where everything is one process. */
export interface ShopParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: ParticipantTrace;
  /** Started, and stopped by whoever made it. */
  readonly sink: CommandSink;
  /** Makes a source that reads `topic` in `group`. */
  readonly sourceOf: (topic: string, group: string) => EventSource;
  /** Aborted when the shop is to stop; ends waiting for topics. */
  readonly signal: AbortSignal;
  /** A source has died for good. Default: nothing. */
  readonly onFatal?: (error: Error) => void;
}

const topicPollMs = 250;

/** One or more participants of the shop in this process, with what has to be closed after them. */
export class Shop {
  readonly loss = new ReplyLoss();
  readonly clock: Clock;
  readonly log: Log;
  private readonly sink: CommandSink;
  private readonly ends: (() => Promise<void>)[] = [];

  constructor(private readonly parts: ShopParts) {
    this.clock = parts.clock;
    this.log = parts.log;
    this.sink = new LosingSink(parts.sink, this.loss);
  }

  /** Does `end` when the shop stops. What was added last is done first. */
  onStop(end: () => Promise<void>): void {
    this.ends.push(end);
  }

  /** Stops participants, then closes what they used. Safe twice. */
  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  /** Starts a participant as soon as its command topic exists; that is made when the definitions are published. */
  async open<Transaction>(
    name: string,
    handlers: CommandHandlers<Transaction>,
    memory: OperationMemory<Transaction>,
    settings: Partial<ParticipantSettings> = {},
  ): Promise<Participant<Transaction>> {
    const { clock, log, trace, sourceOf, onFatal } = this.parts;
    const topic = commandTopic(name);
    await this.untilTopic(topic);
    const source = sourceOf(topic, name);
    const participant = new Participant(
      {
        name,
        handlers,
        source,
        sink: this.sink,
        memory,
        clock,
        log,
        trace,
        ...(onFatal === undefined ? {} : { onFatal }),
      },
      settings,
    );
    this.onStop(() => participant.stop());
    await participant.start();
    log.info('the participant is ready', { participant: name, commands: handlers.types().join(' ') });
    return participant;
  }

  private async untilTopic(topic: string): Promise<void> {
    for (let asked = 0; !this.parts.signal.aborted; asked += 1) {
      if ((await this.sink.partitions(topic)) !== undefined) return;
      if (asked === 0) this.log.info('the participant waits for its topic', { topic });
      await waitFor(this.clock, topicPollMs);
    }
    throw new Error(`stopped while waiting for the topic ${topic}`);
  }
}
