import type { Offset } from '#libs/messaging';
import type { Effect, SagaInput, StartInput } from '#libs/saga';

/** One input and what it did, as kept in a saga's history. The start's `input` stands in the state, not here again. */
export interface HistoryEntry {
  readonly input: Exclude<SagaInput, StartInput> | Omit<StartInput, 'input' | 'toggles'>;
  readonly effects: readonly Effect[];
  /** Offset in the home partition of the record that brought the input. */
  readonly offset: Offset;
  /** `ce_id` of the message that caused it, where there was one. */
  readonly cause?: string;
}
