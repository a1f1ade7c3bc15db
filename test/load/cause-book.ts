import { header, headerText, type InboundRecord, type Instant } from '#libs/messaging';
import { latencyOf, type Latency } from './figures.js';

/** How long a coordinator took from hearing something to saying what comes of it, by the broker's clock. */
export interface TransitionTimes {
  /** From the event of a domain to the first command of the saga it starts. */
  readonly eventToCommand: Latency;
  /** From the answer of a participant to the next command of the saga, or its outcome. */
  readonly answerToNext: Latency;
}

interface Cause {
  readonly kind: 'event' | 'answer';
  readonly at: Instant;
}

/** Joins what was said to what caused it, whichever of the two is read first. What was stored twice counts once. */
export class CauseBook {
  private readonly causes = new Map<string, Cause>();
  private readonly said = new Map<string, { readonly cause: string; readonly at: Instant }>();

  /** `startedBy` is the type of the events that start sagas. */
  constructor(private readonly startedBy: string) {}

  enter({ headers, timestamp }: InboundRecord): void {
    // What a coordinator writes to itself is on the way, and neither end of it.
    if (headerText(headers, header.record) !== undefined) return;
    const id = headerText(headers, header.id) ?? '';
    const kind = this.kindOf(headers);
    if (kind !== undefined) {
      if (!this.causes.has(id)) this.causes.set(id, { kind, at: timestamp });
      return;
    }
    const cause = headerText(headers, header.causation);
    if (cause !== undefined && !this.said.has(id)) this.said.set(id, { cause, at: timestamp });
  }

  times(): TransitionTimes {
    return { eventToCommand: this.latency('event'), answerToNext: this.latency('answer') };
  }

  private kindOf(headers: InboundRecord['headers']): Cause['kind'] | undefined {
    if (headerText(headers, header.outcome) !== undefined) return 'answer';
    return headerText(headers, header.type) === this.startedBy ? 'event' : undefined;
  }

  private latency(kind: Cause['kind']): Latency {
    const took = [...this.said.values()].flatMap(({ cause, at }) => {
      const found = this.causes.get(cause);
      return found?.kind === kind ? [at - found.at] : [];
    });
    return latencyOf(took);
  }
}
