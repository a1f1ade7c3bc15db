import type { Clock, CommandSink, EventSource, FieldKeys, Log, Secrets } from '#libs/messaging';
import { ForgetfulOperationMemory, Participant, type ParticipantTrace } from '#libs/participant';
import { isOpenAddress } from '#libs/saga';
import { HttpCarrier } from './http-carrier.js';
import type { HttpExchange } from './http-exchange.js';
import type { HttpParticipant } from './http-participant.js';

/** What a bridge is made of. */
export interface HttpBridgeParts {
  /** Makes a reader of a command topic, a member of `group`. */
  readonly sourceOf: (topic: string, group: string) => EventSource;
  /** Sends replies; started and stopped by whoever made it. */
  readonly sink: CommandSink;
  readonly exchange: HttpExchange;
  readonly secrets: Secrets;
  /** The keys of what comes and goes encrypted. Default: none. */
  readonly fieldKeys?: FieldKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace?: ParticipantTrace;
  /** A source has died for good. */
  readonly onFatal: (error: Error) => void;
  /** Calls of one participant at the same time. Default 32. */
  readonly calls?: number;
  /** Whether addresses are called that others could read along with. Default true. */
  readonly allowsOpen?: boolean;
}

interface Served {
  readonly text: string;
  readonly participant: Participant<undefined>;
}

/**
 * Stands in for participants that are called over HTTP: reads their commands, calls them, answers.
 *
 * Several processes may run one; Kafka distributes the partitions of the command topics among them.
 */
export class HttpBridge {
  private readonly served = new Map<string, Served>();
  private following: Promise<boolean> = Promise.resolve(true);

  constructor(private readonly parts: HttpBridgeParts) {}

  /** Serves these participants from now on, and no others. False: not all of them yet, ask again. */
  follow(participants: readonly HttpParticipant[]): Promise<boolean> {
    this.following = this.following.then(() => this.change(participants));
    return this.following;
  }

  /** Finishes what is under way, sends its answers, leaves the groups. Safe twice. */
  async stop(): Promise<void> {
    await this.follow([]);
    this.parts.exchange.close();
  }

  private async change(participants: readonly HttpParticipant[]): Promise<boolean> {
    const wanted = new Map(participants.map((participant) => [participant.name, participant]));
    for (const [name, { participant, text }] of this.served) {
      if (textOf(wanted.get(name)) === text) continue;
      await participant.stop();
      this.served.delete(name);
    }
    for (const [name, http] of wanted) if (!this.served.has(name)) await this.serve(name, http);
    return [...wanted.keys()].every((name) => this.served.has(name));
  }

  /** One that cannot be served, for instance because no saga has called it yet and its topic is missing, stops no other. */
  private async serve(name: string, http: HttpParticipant): Promise<void> {
    const { log } = this.parts;
    const participant = this.participantOf(name, http);
    try {
      await participant.start();
    } catch (error) {
      await participant.stop();
      const reason = error instanceof Error ? error.message : String(error);
      return log.debug('participant cannot be served yet', { participant: name, reason });
    }
    this.served.set(name, { text: textOf(http)!, participant });
    if (this.parts.allowsOpen === false && isOpenAddress(http.base))
      return log.error('participant is not called: its address has no TLS', {
        participant: name,
        base: http.base,
      });
    log.info('participant is called over HTTP', { participant: name, base: http.base });
  }

  private participantOf(name: string, http: HttpParticipant): Participant<undefined> {
    const { sourceOf, sink, clock, log, trace, onFatal, fieldKeys, calls = 32 } = this.parts;
    return new Participant<undefined>(
      {
        name,
        handlers: new HttpCarrier({ ...this.parts, participant: http }),
        source: sourceOf(`${name}.commands`, name),
        sink,
        // Who is called remembers operations; this keeps what cannot be read.
        memory: new ForgetfulOperationMemory(clock),
        clock,
        log,
        onFatal,
        ...(trace === undefined ? {} : { trace }),
        ...(fieldKeys === undefined ? {} : { fieldKeys }),
      },
      { maxBatch: 1, concurrentBatches: Math.min(calls, http.concurrency ?? calls) },
    );
  }
}

function textOf(participant: HttpParticipant | undefined): string | undefined {
  return participant && JSON.stringify({ ...participant, calls: [...participant.calls] });
}
