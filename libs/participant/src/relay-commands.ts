import type { Answer, Clock, Command } from '#libs/messaging';
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
  carryOut(command: Command, signal: AbortSignal): Promise<Answer | undefined>;
}

/** What decides how commands are passed on. */
export interface RelayRules {
  /** How long after its deadline a command is still started, for clocks that differ. */
  readonly deadlineAllowanceMs: number;
  /** Longest body of an answer, in bytes. */
  readonly maxValueBytes: number;
  readonly signal: AbortSignal;
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

  private async relay({ command, span }: ReceivedCommand): Promise<StoredAnswer | undefined> {
    const { deadlineAllowanceMs, signal } = this.rules;
    if (command.deadline !== undefined && this.clock.now() > command.deadline + deadlineAllowanceMs)
      return failed('too-late');
    const answer = await span.handle(() => this.carrier.carryOut(command, signal));
    return answer === undefined ? undefined : this.stored(answer);
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
