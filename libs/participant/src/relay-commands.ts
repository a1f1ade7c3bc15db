import type { Answer, Clock, Command, InboundRecord } from '#libs/messaging';
import type { CommandAnswer, ReceivedCommand } from './received-command.js';
import { answerOf, failed, type StoredAnswer } from './stored-answer.js';
import { rejected } from './handler-answer.js';

/**
 * Passes commands on to somebody who remembers them by their operation, so that nothing has to be remembered here.
 *
 * `undefined` means that it is not known whether the command was carried out: nothing is answered then, and the
 * coordinator finds out. `failed` may only be said of what had no effect and will have none. May not throw.
 */
export interface CommandCarrier {
  carryOut(command: Command, sending: Sending): Promise<Answer | undefined>;
}

/** How a command has come. */
export interface Sending {
  /** It may have been passed on before: by this process, or by one that has died since. */
  readonly isRepeated: boolean;
  readonly signal: AbortSignal;
}

/** What decides how commands are passed on. */
export interface RelayRules {
  /** How long after its deadline a command is still started, for clocks that differ. */
  readonly deadlineAllowanceMs: number;
  /** Longest body of an answer, in bytes. */
  readonly maxValueBytes: number;
  readonly signal: AbortSignal;
  /** Whether a record was in its partition before this process began to read that. */
  readonly wasThere: (record: InboundRecord) => Promise<boolean>;
}

/** Finds the answers to a batch of commands by passing each of them on. */
export class RelayCommands {
  constructor(
    private readonly carrier: CommandCarrier,
    private readonly clock: Clock,
    private readonly rules: RelayRules,
  ) {}

  handle(batch: readonly ReceivedCommand[]): Promise<readonly CommandAnswer[]> {
    return Promise.all(
      batch.map(async (received) => ({ received, answer: await this.relay(received), fresh: true })),
    );
  }

  private async relay({ command, record, span }: ReceivedCommand): Promise<StoredAnswer | undefined> {
    const { deadlineAllowanceMs, signal, wasThere } = this.rules;
    const isRepeated = command.isRepeat === true || (await wasThere(record));
    const isLate =
      command.deadline !== undefined && this.clock.now() > command.deadline + deadlineAllowanceMs;
    // It is not begun any more, but it may have been begun in time before.
    if (isLate) return isRepeated ? undefined : failed('too-late');
    const answer = await span.handle(() => this.carrier.carryOut(command, { isRepeated, signal }));
    const stored = answer && this.stored(answer);
    return stored === undefined || answer?.usage === undefined ? stored : { ...stored, usage: answer.usage };
  }

  /** An output that cannot be sent is no failure: what it tells of has happened. */
  private stored({ outcome, error = '', retryAfterMs, data }: Answer): StoredAnswer | undefined {
    if (outcome === 'failed') {
      const answer = failed(error);
      return retryAfterMs === undefined ? answer : { ...answer, retryAfterMs };
    }
    try {
      const { maxValueBytes } = this.rules;
      if (outcome === 'rejected') return answerOf(rejected(error, data), maxValueBytes);
      return { ...answerOf(data, maxValueBytes), outcome };
    } catch {
      return undefined;
    }
  }
}
