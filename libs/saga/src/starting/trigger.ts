import type { Expression } from '../scope-values.js';
import type { FactReader } from '../wait-node.js';
import type { Schedule } from './schedule.js';

/** What starts an instance. */
export type Trigger = EventTrigger | WebhookTrigger | ScheduleTrigger | PersonTrigger | SagaTrigger;

/** What every trigger has. */
interface Start {
  /** Unique in the definition, and the same in later versions as long as the trigger is. */
  readonly name: string;
  /** Name → condition; all must hold, the false names are the recorded reason. */
  readonly gates: readonly { readonly name: string; readonly if: Expression<boolean> }[];
  /** What has to be known, and fresh; read by the other expressions as `facts.<name>`. Absent: nothing. */
  readonly requires?: readonly TriggerFact[];
  /** Maps what happened to the saga's input; absent: its data. */
  readonly with?: Expression;
  /** The newest saga of this definition and key is evidence of what starts; without one nothing starts. */
  readonly link?: { readonly definition: string; readonly key: Expression };
  /** How many sagas may lie behind what happened. */
  readonly maxHops: number;
  /** Of those that come within this time after the first one only the last counts. */
  readonly coalesceMs?: number;
  /** Starts once when `of` falls below, not again before it rose. */
  readonly threshold?: { readonly of: Expression; readonly below: number };
  /** Whether an event that an own command has caused counts nevertheless. */
  readonly echoUnless?: Expression<boolean>;
}

/** A fact that a trigger requires. */
export interface TriggerFact {
  readonly name: string;
  readonly fact: string;
  /** Over `data` and `event`. */
  readonly key: Expression;
  readonly freshMs?: number;
  readonly waitMs?: number;
  readonly readBy?: FactReader;
}

/** A domain event. */
export interface EventTrigger extends Start {
  readonly kind: 'event';
  readonly event: string;
}

/** A signed request from outside; it arrives as a domain event. */
export interface WebhookTrigger extends Start {
  readonly kind: 'webhook';
  readonly webhook: string;
  readonly event: string;
  /** Name of the secret by which requests are signed. */
  readonly secret: string;
}

/** A time by the clock. */
export interface ScheduleTrigger extends Start {
  readonly kind: 'schedule';
  readonly schedule: Schedule;
  /** As written. */
  readonly text: string;
}

/** Somebody of a role. */
export interface PersonTrigger extends Start {
  readonly kind: 'person';
  readonly role: string;
}

/** A saga of another definition that has ended. */
export interface SagaTrigger extends Start {
  readonly kind: 'saga';
  readonly definition: string;
  /** Absent: any. */
  readonly outcome?: 'completed' | 'compensated' | 'cancelled';
}

/** What starts of one key have to do with each other. */
export interface Admission {
  /** What a start means while a saga of the key runs. */
  readonly conflict: 'ignore' | 'queue' | 'cancelOld';
  /** So many changes back and forth of what sagas decided freeze the key. */
  readonly flips?: { readonly of: Expression; readonly max: number; readonly withinMs: number };
}
