import type { AnswerInput } from '../input.js';
import type { Operation } from './engine-state.js';
import type { Moment } from './moment.js';

/** What one kind of message is for: what its answers, and their absence, mean. */
export interface Conduct {
  /** It counts whatever attempt it answers. */
  readonly succeeded: (moment: Moment, operation: Operation, answer: AnswerInput) => Moment;
  readonly rejected: (moment: Moment, operation: Operation, answer: AnswerInput) => Moment;
  /** The attempt that is out has definitely failed. */
  readonly failed: (moment: Moment, operation: Operation, answer: AnswerInput) => Moment;
  /** The attempt that is out is being worked at. */
  readonly accepted: (moment: Moment, operation: Operation, answer: AnswerInput) => Moment;
  /** The participant no longer remembers so far back: it cannot say anything. */
  readonly forgotten: (moment: Moment, operation: Operation) => Moment;
  /** No answer came in time. */
  readonly silent: (moment: Moment, operation: Operation) => Moment;
  /** The broker refuses the message for good. */
  readonly notSent: (moment: Moment, operation: Operation, reason: string) => Moment;
}
