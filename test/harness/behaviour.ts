import type { Command, Json, JsonObject, RetryAfter, Usage } from '#libs/messaging';

/** How an answer turns out in the end. */
export type Answering =
  | { readonly succeeded: Json; readonly used?: Usage }
  | { readonly rejected: string; readonly data?: Json }
  /** Had no effect and may be asked again, not before `retryAfterMs`. */
  | { readonly failed: string; readonly retryAfterMs?: RetryAfter };

/**
 * What a participant does with one delivery of a command.
 *
 * `lateMs` delays the answer, not the work. `silent`: no answer, with the work done or the command never seen.
 * `accepted` answers at once that it has begun, and as said by `then` after `afterMs`.
 */
export type Behaviour =
  | (Answering & { readonly lateMs?: number })
  | { readonly silent: 'done'; readonly succeeded?: Json }
  | { readonly silent: 'not-done' }
  | { readonly accepted: { readonly afterMs: number; readonly then: Answering } };

/** One arrival of a command, a repeated one included. */
export interface Delivery {
  readonly command: Command;
  /** Business key of the saga that sent it. */
  readonly key: string;
  /** How often this command of this saga has come, by its operation; from 1. */
  readonly nth: number;
}

/** A behaviour, or what finds it for each delivery. */
export type Behaving = Behaviour | ((delivery: Delivery) => Behaviour);

/** Which deliveries are meant. */
export interface Meant {
  readonly key?: string;
  /** Fields of the data with these values. */
  readonly data?: JsonObject;
}

interface Rule {
  readonly type: string;
  readonly meant: Meant;
  /** Taken once each; the last one stays where the rule is endless. */
  readonly behaviours: Behaving[];
  readonly isEndless: boolean;
}

/** What participants were told to do. The newest rule that fits counts. */
export class Behaviours {
  private readonly rules: Rule[] = [];

  /** A list counts once each, in the order of deliveries; a single behaviour every time. */
  add(type: string, behaviour: Behaving | readonly Behaving[], meant: Meant): void {
    const isEndless = !Array.isArray(behaviour);
    const behaviours = (isEndless ? [behaviour] : [...behaviour]) as Behaving[];
    this.rules.unshift({ type, meant, behaviours, isEndless });
  }

  /** `undefined` where nothing was said: the command succeeds. */
  next(delivery: Delivery): Behaviour | undefined {
    const rule = this.rules.find((each) => each.behaviours.length > 0 && fits(each, delivery));
    const found = rule?.isEndless === false ? rule.behaviours.shift() : rule?.behaviours[0];
    return typeof found === 'function' ? found(delivery) : found;
  }
}

function fits({ type, meant }: Rule, { command, key }: Delivery): boolean {
  if (type !== command.type || (meant.key !== undefined && meant.key !== key)) return false;
  const data = command.data as JsonObject | null;
  return Object.entries(meant.data ?? {}).every(
    ([name, value]) => JSON.stringify(data?.[name]) === JSON.stringify(value),
  );
}
