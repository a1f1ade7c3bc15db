import { SagaError } from '#libs/messaging';
import type { AwaitEffect, ReleaseEffect } from '#libs/saga';

/** A saga waits for something that nothing carries yet: going on would mean to wait for ever. */
export class ChannelNotCarriedError extends SagaError {
  override readonly code = 'CHANNEL_NOT_CARRIED';
  override readonly retryable = false;

  constructor({ id, channel }: AwaitEffect | ReleaseEffect) {
    super(`${id} waits on the channel ${channel}, which this coordinator does not carry`, { context: {} });
  }
}
