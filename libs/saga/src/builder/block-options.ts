import type { Json } from '../json.js';

/** A duration: `200ms`, `30s`, `5m`, `1h30m`, `7d`. */
export type DurationText =
  | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`
  | `${number}h${number}m`
  | `${number}m${number}s`
  | `${number}d${number}h`;

/** A command or an event with its owner in front: `inventory.reserve`. */
export type DottedName = `${string}.${string}`;

/** A map of values; texts in it may hold `${ }`. */
export type DataTemplate = Readonly<Record<string, Json>>;

/** How to try again; `policy` names one of the namespace. */
export type Retry =
  | string
  | {
      readonly policy?: string;
      readonly attempts?: number | 'forever';
      readonly delay?: DurationText;
      readonly factor?: number;
      readonly maxDelay?: DurationText;
      readonly jitter?: `${number}%`;
    };

/** How long the silence of a participant is borne; `policy` names one of the namespace. */
export type Silence =
  | DurationText
  | { readonly policy?: string; readonly after?: DurationText; readonly accepted?: DurationText };

/** How a step or a group is undone, or why it cannot be; a list of blocks where one command is not enough. */
export type Compensate =
  | DottedName
  | BlockList
  | {
      readonly do: BlockList;
      readonly unless?: string | UnlessOptions;
      readonly coolDown?: DurationText;
    }
  | {
      readonly call: DottedName;
      readonly with?: DataTemplate;
      readonly unless?: string | UnlessOptions;
      readonly retry?: Retry;
      readonly timeout?: Silence;
      readonly coolDown?: DurationText;
    }
  | { readonly none: string };

/** When nothing has to be undone; `ask` is a query whose answer `if` sees as `output`. */
export type UnlessOptions = {
  readonly ask?: DottedName;
  readonly with?: DataTemplate;
  readonly if: string;
  readonly because?: string;
};

/** What every block may have. */
export interface BlockOptions {
  readonly title?: string;
  readonly description?: string;
  readonly owner?: string;
  readonly status?: string;
  /** What its time is worth to whoever the saga is for. */
  readonly worth?: 'value-adding' | 'handoff' | 'waste';
  readonly if?: string;
  readonly catch?: Catch;
  readonly listen?: readonly ListenerOptions[];
  readonly toggle?: string;
  /** Facts that have to be known, by the names expressions call them. */
  readonly requires?: Requires;
}

/** Facts that have to be known. */
export type Requires = Readonly<
  Record<
    string,
    RequiredFactOptions & {
      /** An expression: what has to be true whenever it is asked for. */
      readonly holds?: string;
    }
  >
>;

/** What is said of one fact. */
export type RequiredFactOptions = {
  readonly fact: DottedName;
  /** An expression: whom it is about. */
  readonly key: string;
  readonly fresh?: DurationText;
  readonly wait?: DurationText;
};

/** Time for a whole block. */
export interface TimedOptions extends BlockOptions {
  readonly timeout?: DurationText;
}

/** How a block that does several things beside each other decides when to go on. */
export interface JoinOptions {
  /** How many have to succeed. */
  readonly join?: 'all' | 'any' | number;
  /** How many may be missing all the same. */
  readonly tolerate?: number | `${number}%`;
  readonly failFast?: boolean;
  /** What becomes of those that do not count. */
  readonly rest?: 'stop' | 'finish';
}

/** What a block says that does the same for each item of a list. */
export interface ForEachOptions extends TimedOptions, JoinOptions {
  /** An expression for the list. */
  readonly in: string;
  /** What expressions inside call the item. */
  readonly as?: string;
  /** An expression that names the item. */
  readonly key?: string;
  readonly concurrency?: number;
  /** What each item gives. */
  readonly output?: Json;
}

/** What a block says that does the same again. */
export interface RepeatOptions extends TimedOptions {
  /** A condition that ends it. */
  readonly until: string;
  readonly max: number;
  /** How long to wait before the next time. */
  readonly every?: DurationText;
  readonly output?: Json;
}

/** What a block says that runs another saga. */
export interface SagaBlockOptions extends TimedOptions {
  readonly definition: string;
  /** Its input. */
  readonly with?: DataTemplate;
  /** An expression for its business key. */
  readonly key?: string;
  /** Nobody waits for its end. */
  readonly detached?: boolean;
  /** How many sagas may lie behind it. */
  readonly maxHops?: number;
  readonly compensate?: Compensate;
}

/** What a lock says. */
export interface LockOptions extends TimedOptions {
  /** What is locked; may hold `${ }`. */
  readonly resource: string;
  readonly lease?: DurationText;
  readonly conflict?: 'wait' | 'refuse' | 'takeOver';
  /** Whoever wants it meanwhile is told where its holder stands. */
  readonly tellsStatus?: boolean;
}

/** What a group says; `compensate` replaces that of its blocks once it is complete. */
export interface GroupOptions extends TimedOptions {
  readonly output?: Json;
  readonly compensate?: Exclude<Compensate, { readonly none: string }>;
}

/** What a step says. */
export interface StepOptions extends BlockOptions {
  readonly call: DottedName;
  readonly with?: DataTemplate;
  readonly compensate?: Compensate;
  readonly pivot?: boolean;
  readonly retry?: Retry;
  readonly timeout?: Silence;
  readonly verify?: DottedName | { readonly call: DottedName; readonly with?: DataTemplate };
  readonly ifUnknown?: 'verify' | 'retry' | 'wait' | 'undo' | 'incident';
  /** The event without which an answer does not count as done. */
  readonly confirm?: EventOptions & { readonly within: DurationText };
  /** How long ago an answer may have been true. */
  readonly fresh?: DurationText;
}

/** Where to go on behind a handler. */
export type Then = 'continue' | 'retry' | 'compensate' | 'incident';

/** What to do about one error. */
export type HandlerOptions =
  | Then
  | BlockList
  | {
      readonly do?: BlockList;
      readonly then?: Then;
      readonly output?: Json;
      readonly undo?: boolean;
      readonly times?: number;
      readonly title?: string;
    };

/** Handlers by the error they are for. */
export type Catch = Readonly<Record<string, HandlerOptions>>;

/** One case of a choice. */
export interface CaseOptions {
  readonly case: string;
  readonly if: string;
  readonly do: BlockList;
}

/** Which events are meant: the key they carry, and what tells them from others. */
export interface EventOptions {
  readonly event: DottedName;
  readonly key?: string;
  readonly match?: string;
}

/** Something to listen for while a block is open: it interrupts, or runs beside. */
export type ListenerOptions = EventOptions &
  ({ readonly raise: string; readonly tooLate?: BlockList } | { readonly do: BlockList });

/** One of several events to wait for. */
export interface EventCaseOptions extends EventOptions {
  readonly case: string;
  readonly do: BlockList;
}

/** What to do when the event does not come. */
export interface DefaultOptions {
  readonly after?: DurationText;
  readonly events?: number;
  readonly do: BlockList;
}

/** What is waited for. */
export type WaitOptions = TimedOptions &
  (
    | { readonly for: DurationText }
    | { readonly until: string }
    | (EventOptions & { readonly early?: DurationText; readonly default?: DefaultOptions })
    | {
        readonly first: readonly EventCaseOptions[];
        readonly early?: DurationText;
        readonly default?: DefaultOptions;
      }
  );

/** Blocks as they stand in a document. */
export interface BlockList {
  /** The list as data. */
  toBlocks(): readonly BlockData[];
}

/** One block as data. */
export type BlockData = Readonly<Record<string, Json>>;
