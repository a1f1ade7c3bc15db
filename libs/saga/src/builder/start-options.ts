import type { DataTemplate, DottedName, DurationText, RequiredFactOptions } from './block-options.js';

/** What every trigger may say. */
export interface StartOptions {
  /** Conditions by name; all have to hold. */
  readonly gates?: Readonly<Record<string, string>>;
  /** Maps what happened to the input; without it, its data. */
  readonly with?: DataTemplate;
}

/** What a trigger about another saga says. */
export interface LinkOptions {
  /** The newest saga of this definition and key is read as `linked`. */
  readonly link?: { readonly saga: string; readonly key: string };
}

/** What a trigger on something that comes in by itself may say. */
export interface StreamTriggerOptions extends StartOptions {
  /** Facts that have to be known, by the names expressions call them. */
  readonly requires?: Readonly<Record<string, RequiredFactOptions>>;
  /** Of several of a key within this time only the last one counts. */
  readonly coalesce?: DurationText;
  /** Starts once when a level falls below a number, not again before it rose. */
  readonly threshold?: { readonly of: string; readonly below: number };
  /** When an event that an own command has caused counts nevertheless. */
  readonly echo?: { readonly unless: string };
  /** How many sagas may lie behind it. Default 8. */
  readonly maxHops?: number;
}

/** One entry of `triggers`. */
export type TriggerOptions =
  | ({ readonly event: DottedName } & StreamTriggerOptions & LinkOptions)
  | ({ readonly webhook: string; readonly secret: `secret:${string}` } & StreamTriggerOptions & LinkOptions)
  | ({
      readonly saga: string;
      readonly outcome?: 'completed' | 'compensated' | 'cancelled';
    } & StreamTriggerOptions)
  | ({
      readonly schedule: string;
      readonly zone?: string;
      readonly requires?: Readonly<Record<string, RequiredFactOptions>>;
    } & StartOptions)
  | ({ readonly person: string } & StartOptions & LinkOptions);

/** What a key means for a second start. */
export interface KeyOptions {
  /** May the key be used again? Default `never`. */
  readonly reuse?: 'never' | 'afterEnd';
  /** What a start means while a saga of the key runs. Default `ignore`. */
  readonly conflict?: 'ignore' | 'queue' | 'cancelOld';
}

/** When a key goes back and forth too often. */
export interface FlipsOptions {
  /** What was decided, over the saga that ended. */
  readonly of: string;
  /** So many changes back and forth freeze the key … */
  readonly max: number;
  /** … in this time. */
  readonly within: DurationText;
}
