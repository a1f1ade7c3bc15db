import type { Instant, Offset } from '#libs/messaging';
import type { Effect, SagaInput, StartInput } from '#libs/saga';
import type { Circle } from './circles/circle.js';

/** One input and what it did, as kept in a saga's history. The start's `input` stands in the state, not here again. */
export interface HistoryEntry {
  readonly input: Exclude<SagaInput, StartInput> | Omit<StartInput, 'input' | 'toggles'> | CircleInput;
  readonly effects: readonly Effect[];
  /** Offset in the home partition of the record that brought the input. */
  readonly offset: Offset;
  /** `ce_id` of the message that caused it, where there was one. */
  readonly cause?: string | undefined;
}

/** It was found that the saga waits in a circle with others; that changes nothing about it. */
export interface CircleInput extends Omit<Circle, 'id'> {
  readonly kind: 'circle';
  readonly now: Instant;
}
