import { SagaError } from './saga-error.js';

/** Why a record cannot be read. Stable: it is stored with the parked record and counted by metrics. */
export type MalformedReason =
  | 'not-json'
  | 'missing-header'
  | 'malformed-header'
  | 'missing-key'
  | 'key-too-long'
  | 'unusable-fact'
  | 'value-too-large'
  | 'nul-character'
  | 'time-in-the-future'
  | 'not-signed'
  | 'wrong-signature'
  | 'unknown-record'
  | 'not-encrypted'
  | 'unknown-key'
  | 'undecipherable';

/** A record that can never be handled as it is. It is parked with its bytes; the lane goes on. */
export class MalformedRecordError extends SagaError {
  override readonly code = 'MALFORMED_RECORD';
  override readonly retryable = false;

  constructor(
    readonly reason: MalformedReason,
    message: string,
  ) {
    super(message);
  }
}
