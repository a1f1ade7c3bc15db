import type { Json, JsonObject } from '../json.js';

/** What the outside does about one thing that a saga sends or waits for. */
export type Move = CommandMove | HeardMove | AnswerMove | SilentMove | SwitchMove;

/** What a participant does with a command. `delayMs` is how long its answer takes. */
export type CommandMove =
  | { readonly kind: 'succeeded'; readonly delayMs: number; readonly fields: Json }
  /** It is said to be done, and is not. Whoever asks about it is told so. */
  | { readonly kind: 'claimed'; readonly delayMs: number; readonly fields: Json }
  | { readonly kind: 'rejected'; readonly delayMs: number; readonly error: string; readonly data: Json }
  | { readonly kind: 'failed'; readonly delayMs: number; readonly isPermanent: boolean }
  /** It took effect, and nothing is heard of it. */
  | { readonly kind: 'unheard' }
  | { readonly kind: 'accepted'; readonly delayMs: number; readonly end: CommandMove | SilentMove };

/** What comes to something that is waited for. */
export interface HeardMove {
  readonly kind: 'heard';
  readonly delayMs: number;
  readonly what: string;
  readonly data: Json;
  /** Of an event: which of those that are waited for; absent: the first. */
  readonly event?: string;
  /** Of a fact: how old it is. */
  readonly ageMs?: number;
  /** Of an event or a fact: which source says so; absent: of a fact, the one that counts. */
  readonly from?: string;
  /** What comes after that. */
  readonly next?: HeardMove;
}

/** Somebody answers a task. */
export interface AnswerMove {
  readonly kind: 'answered';
  readonly delayMs: number;
  readonly answer: string;
  readonly fields: JsonObject;
  readonly by?: string;
  /** In which role; absent: in one that may answer. */
  readonly role?: string;
  /** Which items it is about; absent: all that are open. */
  readonly items?: readonly string[];
}

/** Nothing happens: a message is lost, an event does not come, a person does not answer. */
export interface SilentMove {
  readonly kind: 'silent';
}

/** A toggle is switched, this long after the start. */
export interface SwitchMove {
  readonly kind: 'switched';
  readonly delayMs: number;
  readonly on: boolean;
}

/** What happens to one name, each time the outside is free to choose. */
export interface Moves {
  readonly list: readonly Move[];
  /** Behind the list: the last one again, or what would happen if nothing were said. */
  readonly isEndless: boolean;
}

/** What happens to blocks, commands, events and toggles, by their names. */
export type Script = ReadonlyMap<string, Moves>;
