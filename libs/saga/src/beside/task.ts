import type { BrokenRule } from '../broken-rule.js';
import type { Instant, Json, JsonObject } from '../json.js';
import type { Calendar, Span } from './calendar.js';

/** Who is asked: everybody in a role, and persons by name. Either way the authority has to be there. */
export type Asked = {
  readonly role?: string;
  readonly candidates?: readonly string[];
  /** The least authority of whoever answers. */
  readonly authority: number;
};

/** One of the answers a task can have. */
export type TaskAnswer = {
  /** Takes something away from somebody: silence never means it, unless the definition says why it may. */
  readonly adverse?: boolean;
  /** Fields that come with it. */
  readonly needs?: readonly string[];
  /** With `items`: what becomes of an item that is answered so. */
  readonly item?: 'accepted' | 'rejected';
};

/** One of several things that are decided one by one. */
export type TaskItem = { readonly key: string; readonly item: Json; readonly show?: Json };

/** What a saga asks of people, with every value evaluated. Plain JSON. */
export type TaskRequest = {
  readonly title: string;
  readonly description?: string;
  readonly mode: 'approve' | 'veto' | 'inform';
  readonly to: Asked;
  readonly show: Json;
  readonly answers: Readonly<Record<string, TaskAnswer>>;
  readonly remind?: { readonly after: Span; readonly every?: Span };
  readonly escalate: readonly { readonly after: Span; readonly to: Asked }[];
  /** How soon it should be answered. */
  readonly due?: Span;
  readonly calendar?: Calendar;
  /** After this long `atEnd` is the answer. */
  readonly window?: Span;
  readonly atEnd?: string;
  /** What comes with that answer. */
  readonly silenceFields?: JsonObject;
  readonly items?: readonly TaskItem[];
  /** Persons who must not answer: four eyes see more than two. */
  readonly notBy?: readonly string[];
  /** The authority of each role, as it was when the task was opened. */
  readonly roles: Readonly<Record<string, number>>;
};

/** Which saga asks, and where in it. */
export type TaskOrigin = {
  readonly saga: string;
  readonly key: string;
  readonly definition: string;
  readonly block: string;
};

/** Somebody who acts, with the roles somebody vouches for. */
export type Person = { readonly by: string; readonly roles: readonly string[] };

/** What moves a task. */
export type TaskInput =
  | { readonly kind: 'open'; readonly origin: TaskOrigin; readonly request: TaskRequest }
  | TaskAnswerInput
  /** Says that somebody is at it. Nobody is kept from answering. */
  | (Person & { readonly kind: 'claim'; readonly request?: string })
  | (Person & { readonly kind: 'unclaim'; readonly request?: string })
  /** Time has come for whatever is due. */
  | { readonly kind: 'due' }
  /** The saga does not wait for it any more. */
  | { readonly kind: 'withdraw'; readonly reason?: string }
  /** People cannot reach their tasks from `from` on; without `to`, until this is said again with one. */
  | { readonly kind: 'outage'; readonly from: Instant; readonly to?: Instant };

/** An answer. */
export type TaskAnswerInput = Person & {
  readonly kind: 'answer';
  readonly answer: string;
  readonly fields: JsonObject;
  /** Which items it is about. */
  readonly items?: readonly string[];
  /** Identity of the request, so that the same one twice is one answer. */
  readonly request?: string;
  /** The rule about a command that the saga would break with it, found by whoever handed it in. */
  readonly broken?: BrokenRule;
};

/** What somebody decided, about a task or about one item of it. `by` is null where silence answered. */
export type Decision = {
  readonly answer: string;
  readonly by: string | null;
  readonly at: Instant;
  readonly fields: JsonObject;
};

/** Something that rings. */
export type TaskClock =
  | { readonly rings: 'remind' | 'due' | 'window'; readonly at: Instant }
  | { readonly rings: 'escalate'; readonly at: Instant; readonly step: number };

/** One line of what happened to a task. */
export type TaskEvent = {
  readonly at: Instant;
  readonly what:
    | 'opened'
    | 'claimed'
    | 'unclaimed'
    | 'reminded'
    | 'escalated'
    | 'overdue'
    | 'stopped'
    | 'resumed'
    | 'answered'
    | 'refused'
    | 'withdrawn';
  readonly by?: string;
  readonly detail?: string;
};

/** A task. Plain JSON. */
export type TaskState = {
  readonly origin: TaskOrigin;
  readonly request: TaskRequest;
  readonly openedAt: Instant;
  /** `informed`: the saga has gone on, and nobody has looked at it yet. */
  readonly status: 'open' | 'informed' | 'answered' | 'withdrawn';
  /** Whom it was put to, in order. Nobody is ever taken away. */
  readonly asked: readonly Asked[];
  readonly clocks: readonly TaskClock[];
  /** Clocks stand still since then. */
  readonly stoppedAt?: Instant;
  readonly claimedBy?: string;
  /** Since when; of a task that is over, if whoever claimed it is who answered. */
  readonly claimedAt?: Instant;
  readonly overdueAt?: Instant;
  readonly decision?: Decision;
  /** By item. */
  readonly decisions: Readonly<Record<string, Decision>>;
  readonly closedAt?: Instant;
  /** The request that closed it. */
  readonly closedBy?: string;
  readonly history: readonly TaskEvent[];
};

/** The events by which whoever sends mails learns of tasks. */
export const TASK_NOTICES = [
  'skald.task-asked',
  'skald.task-reminded',
  'skald.task-escalated',
  'skald.task-overdue',
  'skald.task-answered',
  'skald.task-withdrawn',
] as const;

/** What has to happen. */
export type TaskEffect =
  /** Tell whoever sends mails. */
  | {
      readonly kind: 'notify';
      readonly what: 'asked' | 'reminded' | 'escalated' | 'overdue' | 'answered' | 'withdrawn';
      readonly to: readonly Asked[];
    }
  /** The saga goes on with this. `by` is who said the last of it; `claimedAt`, since when that person was at it. */
  | {
      readonly kind: 'answered';
      readonly data: Json;
      readonly by: string | null;
      readonly claimedAt?: Instant;
    }
  /** The saga is told of an answer that a rule does not allow. It goes on waiting. */
  | {
      readonly kind: 'forbidden';
      readonly by: string;
      readonly answer: string;
      readonly fields: JsonObject;
      readonly broken: BrokenRule;
    }
  /** The request was carried out. */
  | { readonly kind: 'accepted'; readonly detail: string }
  /** The request was turned down. */
  | { readonly kind: 'refused'; readonly code: TaskRefusal; readonly message: string };

/** Why a request was turned down. Stable: clients decide by it. */
export type TaskRefusal =
  | 'TASK_ANSWERED'
  | 'TASK_WITHDRAWN'
  | 'NOT_ASKED'
  | 'AUTHORITY_TOO_LOW'
  | 'FOUR_EYES'
  | 'UNKNOWN_ANSWER'
  | 'UNKNOWN_ITEM'
  | 'ITEM_DECIDED'
  | 'MISSING_FIELDS'
  | 'UNKNOWN_FIELDS'
  | 'RULE_BROKEN'
  | 'UNKNOWN_TASK';

/** A task after an input; without a state there is no such task, or it is forgotten. */
export interface TaskTurn {
  readonly state: TaskState | undefined;
  readonly effects: readonly TaskEffect[];
  /** When it wants to be woken. */
  readonly wakeAt?: Instant;
}
