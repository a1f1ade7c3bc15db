import type { HeardInput } from '../input.js';
import type { Instant, Json } from '../json.js';
import type { Failure } from '../scope-values.js';
import type { WaitAsk } from '../wait-node.js';
import type { Place } from './chart.js';
import type { WaitFrame } from './engine-state.js';
import type { Moment } from './moment.js';
import type { Evaluated } from './values.js';

/** What is asked for, with every value evaluated. */
export interface Opening {
  readonly request: Json;
  /** When something happens if nothing has come. */
  readonly until?: Instant;
  /** What is kept as what was sent, where it gets an entry in the undo log. */
  readonly about?: Json;
}

/** What came means one of these. */
export type Verdict =
  /** It has come: the flow goes on with it. */
  | {
      readonly kind: 'settled';
      readonly output: Json;
      readonly outcome?: string;
      readonly case?: string;
      /** Facts that this was decided by. */
      readonly read?: readonly string[];
    }
  /** It will not come. */
  | {
      readonly kind: 'raised';
      readonly error: string;
      readonly message: string;
      readonly data?: Json;
      /** What it ended in, where it was another saga. */
      readonly cause?: Failure;
    }
  /** It is not what was waited for; it counts as seen where that matters. */
  | { readonly kind: 'ignored'; readonly isCounted?: boolean };

/** One kind of waiting for something outside the participants. */
export interface Channel<N extends WaitAsk> {
  /** What to ask for. What cannot be evaluated raises `invalid`. */
  readonly open: (moment: Moment, place: Place<N>) => Evaluated<Opening>;
  /** What something that came means. */
  readonly hear: (moment: Moment, place: Place<N>, heard: HeardInput, frame: WaitFrame) => Verdict;
  /** What it means that nothing came until the time of the opening. */
  readonly due?: (moment: Moment, place: Place<N>, frame: WaitFrame) => Verdict;
  /** Whether it gets an entry in the undo log once it has come. */
  readonly isLogged?: boolean;
  /** Whether nobody waits for what comes of it. */
  readonly isOnlyAsked?: (place: Place<N>) => boolean;
  /** Whether the clocks around it stand still until it is over. */
  readonly stopsClocks?: boolean;
  /** Whether the other side has to be told that nobody waits any more once it has come. */
  readonly releasesWhenOver: boolean;
}
