import type { Command, InboundRecord, PublishOutcome, TraceHeaders } from '#libs/messaging';
import type { CommandOrigin } from './operation-memory.js';
import type { StoredAnswer } from './stored-answer.js';
import type { ParkedCommand } from './parked-command.js';

/** One answer on its way. */
export interface SendingSpan {
  /** What the reply carries. */
  readonly headers: TraceHeaders;
  /** The reply was acknowledged, or refused, or given up. Called once. */
  sent(outcome: PublishOutcome): void;
}

/** One command being carried out. */
export interface HandlingSpan {
  /** Calls the handler; what it does belongs to the span. Not called when the answer comes from memory; more than once when a shared transaction was rolled back. */
  handle<Result>(run: () => Promise<Result>): Promise<Result>;
  /** The command has its answer, which is sent now. `fresh` is false when it came from memory. */
  answered(answer: StoredAnswer, fresh: boolean): SendingSpan;
  /** Nothing is answered: it is not known what became of the command. */
  unanswered(): void;
}

/**
 * Makes the spans and counts the work of a participant: `process <name>.commands` around a command and `send <home>`
 * around its answer. No method may throw.
 */
export abstract class ParticipantTrace {
  /** A command was read by a consumer `group` and is about to be carried out or answered from memory. */
  abstract receive(command: Command, record: InboundRecord, group: string): HandlingSpan;

  /** An accepted command is answered now, perhaps in another process than the one that accepted it. */
  abstract completed(origin: CommandOrigin, answer: StoredAnswer): SendingSpan;

  /** A record was parked. */
  abstract parked(command: ParkedCommand): void;
}

/** Makes no spans: a reply carries the trace context of its command, so that the chain is not cut. */
export class NoParticipantTrace extends ParticipantTrace {
  override receive(command: Command): HandlingSpan {
    return new PassedOn(command.trace);
  }

  override completed(origin: CommandOrigin): SendingSpan {
    return new PassedOn(origin.trace);
  }

  override parked(): void {
    // Nothing is counted.
  }
}

class PassedOn implements HandlingSpan, SendingSpan {
  constructor(readonly headers: TraceHeaders) {}

  handle<Result>(run: () => Promise<Result>): Promise<Result> {
    return run();
  }

  answered(): SendingSpan {
    return this;
  }

  unanswered(): void {
    // No span to end.
  }

  sent(): void {
    // No span to end.
  }
}
