import {
  defaultMaxValueBytes,
  homeOf,
  waitFor,
  writeHomeRecord,
  type Clock,
  type CommandSink,
  type Keyring,
  type OutgoingRecord,
  type SignedRecord,
} from '#libs/messaging';
import type { Installation } from '../installation-store.js';
import { BrokerUnavailableError, RequestError } from './request-error.js';

const sendWithinMs = 5_000;
const retryPauseMs = 200;

/** What a {@link HomeMailbox} works with. */
export interface HomeMailboxOptions {
  readonly sink: CommandSink;
  readonly clock: Clock;
  readonly keyring: Keyring;
  readonly installation: Installation;
  /** Largest value of a record in bytes. Default {@link defaultMaxValueBytes}. */
  readonly maxValueBytes?: number;
}

/**
 * Puts what the API and operators ask for into the home partition of the saga it is about, signed.
 *
 * At least once: a record the broker did not acknowledge is sent again, so receivers recognise repeats by request id.
 */
export class HomeMailbox {
  constructor(private readonly options: HomeMailboxOptions) {}

  /** @throws BrokerUnavailableError after 5 s without acknowledgement. @throws RequestError when the broker will never take it. */
  async put(record: SignedRecord): Promise<void> {
    const { installation, keyring, clock } = this.options;
    const message = writeHomeRecord(keyring, record);
    this.assertStorable(message.value ?? '');
    await this.publish(
      {
        topic: installation.homeTopic,
        part: homeOf(record.saga, installation.homePartitions),
        ...message,
      },
      clock.elapsed() + sendWithinMs,
    );
  }

  /** Sends any record until it is acknowledged; `deadline` is a reading of `clock.elapsed()`. */
  async publish(
    record: OutgoingRecord,
    deadline = this.options.clock.elapsed() + sendWithinMs,
  ): Promise<void> {
    for (;;) {
      const [outcome] = await this.options.sink.publish([record]);
      if (outcome?.kind === 'acknowledged') return;
      if (outcome?.kind === 'refused') throw refusal(outcome.code, outcome.reason);
      if (this.options.clock.elapsed() >= deadline) {
        throw new BrokerUnavailableError(
          `${record.topic} took no record within ${sendWithinMs} ms; repeat the same request later`,
        );
      }
      await waitFor(this.options.clock, retryPauseMs);
    }
  }

  private assertStorable(value: string): void {
    const limit = this.options.maxValueBytes ?? defaultMaxValueBytes;
    const bytes = Buffer.byteLength(value);
    if (bytes > limit)
      throw new RequestError('TOO_LARGE', `the value has ${bytes} bytes; at most ${limit} are allowed`);
    // Written by JSON.stringify, so an escaped backslash before it is the only other way to these six characters.
    if (/(?<!\\)(?:\\\\)*\\u0000/.test(value))
      throw new RequestError('INVALID_INPUT', 'the value contains a NUL character, which cannot be stored');
  }
}

function refusal(code: string, reason: string): RequestError {
  return new RequestError(
    code === 'too-large' ? 'TOO_LARGE' : 'INVALID_REQUEST',
    `the broker refuses the record: ${reason}`,
  );
}
