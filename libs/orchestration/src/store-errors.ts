import { SagaError, type TopicPartition } from '#libs/messaging';

/** Other coordinators own these lanes now. The lane objects, their caches and their publishers end here. */
export class LaneLostError extends SagaError {
  override readonly code = 'LANE_LOST';
  override readonly retryable = false;

  constructor(readonly lanes: readonly TopicPartition[]) {
    super(`lost to another coordinator: ${lanes.map((lane) => `${lane.topic}/${lane.part}`).join(', ')}`);
  }
}

/** The store does not answer at present. Whether a commit took effect is unknown. */
export class StoreUnavailableError extends SagaError {
  override readonly code = 'STORE_UNAVAILABLE';
  override readonly retryable = true;
}

/** The store can never take this content, for example a NUL character. Nothing was written. */
export class StoreRefusedError extends SagaError {
  override readonly code = 'STORE_REFUSED';
  override readonly retryable = false;
}

/** The schema, installation or topics are not what this version expects. The message names the command that fixes it. */
export class LayoutError extends SagaError {
  override readonly code = 'LAYOUT';
  override readonly retryable = false;
}
