import type { BlockWords } from './block-words.js';
import type { FactContract, Limits } from './contract.js';
import type { Problem } from './document/problem.js';
import type { ClassedPart } from './expression/field-classes.js';
import type { Json } from './json.js';
import type { Node } from './node.js';
import type { Expression } from './scope-values.js';
import type { Admission, Trigger } from './starting/trigger.js';

/** What an answer says that it used up, as its contract reads it; what is not there is left out. */
export type UsedByAnswer = (data: Json) => readonly (readonly [string, Json])[];

/** A compiled definition: what `advance` runs and what gates need to start it. */
export interface Program {
  readonly definition: string;
  readonly version: number;
  readonly title?: string;
  readonly owner?: string;
  /** The business key of an instance, over `input`. */
  readonly key: Expression;
  readonly keyReuse: 'never' | 'afterEnd';
  /** The root is always a scope. */
  readonly root: Node;
  /** Before the pivot: everything is undone. Behind it: an incident. */
  readonly timeoutMs: number;
  /** How fast it should be; absent where nothing is said. */
  readonly target?: SagaTarget;
  /** `pivot: start`: nothing is ever undone. */
  readonly forwardOnly: boolean;
  /** Told when the saga reaches a final status. */
  readonly outcomes: Partial<
    Record<'completed' | 'compensated' | 'cancelled', { readonly event: string; readonly data: Expression }>
  >;
  /** What the saga that it is linked to has turned out to be, told by how it ends; absent where nothing is said. */
  readonly judges?: Partial<Record<'completed' | 'compensated' | 'cancelled', Expression>>;
  /** What is known of a fact when it has completed that was run to read that; absent: it reads none. */
  readonly known?: { readonly value: Expression; readonly asOf?: Expression<number> };
  readonly triggers: readonly Trigger[];
  /** What has to be remembered between starts of a key; absent when each start stands for itself. */
  readonly admission?: Admission;
  /** Every problem of an input by its path, empty when it may start. */
  readonly inputProblems: (input: Json) => readonly string[];
  /** Every participant command it may send and every event it may emit, for topic checks. */
  readonly calls: readonly string[];
  readonly emits: readonly string[];
  /** How far its commands go before others where they wait for a limit, in minutes of waiting; absent: not at all. */
  readonly priority?: Expression<number>;
  /** Participants among those it calls that are agents; absent when none is. */
  readonly agents?: readonly string[];
  /** What limits the commands it may send, by command; absent when nothing limits any. */
  readonly limits?: Readonly<Record<string, CommandLimit>>;
  /** What of an answer says what it used up, by command: names and whatever stands there; absent when no contract says so. */
  readonly usedByAnswer?: Readonly<Record<string, UsedByAnswer>>;
  /** Every event it may wait for while it runs; absent when there is none. */
  readonly awaits?: readonly AwaitedEvent[];
  /** Every definition that it may run another saga of; absent when there is none. */
  readonly sagas?: readonly string[];
  /** Every fact it may ask for, in the words of its owner's contract; absent when there is none. */
  readonly facts?: readonly NeededFact[];
  /** Its exceptional paths, `<block>.<error>`: every handler, and every business error that nobody catches. Absent: none. */
  readonly paths?: readonly string[];
  /** What its toggles are until somebody switches them; absent when it has none. */
  readonly toggles?: Readonly<Record<string, boolean>>;
  /** The words for its blocks where a run is shown: `command`, `agent`, `decision`, `gate` of what a block requires, else the block's head. */
  readonly kinds?: Readonly<Record<string, string>>;
  /** What it says of its blocks for people, by block; `saga` is all of it. Absent: nothing. */
  readonly words?: Readonly<Record<string, BlockWords>>;
  /** What of its data is classed; absent when nothing is. */
  readonly classed?: ClassedParts;
  /** What of its messages is encrypted; absent when its namespace encrypts nothing. */
  readonly encryption?: MessageEncryption;
}

/** A part of a message that is encrypted. */
export interface EncryptedPart {
  /** From the top of the data; `*` is any item of a list. */
  readonly path: readonly string[];
  /** Name of the key. */
  readonly key: string;
}

/** What of the messages of a saga is encrypted. */
export interface MessageEncryption {
  /** Of commands and of what is answered to them, by `<block>/<direction>`. */
  readonly commands: Readonly<
    Record<string, { readonly sent: readonly EncryptedPart[]; readonly answer: readonly EncryptedPart[] }>
  >;
  /** Of events that it emits, by their names. */
  readonly events: Readonly<Record<string, readonly EncryptedPart[]>>;
  /** All keys of its namespace. */
  readonly keys: readonly NeededKey[];
}

/** A key by which a namespace encrypts a class, and where it says so. */
export interface NeededKey {
  readonly name: string;
  readonly fieldClass: string;
  readonly place: Omit<Problem, 'severity' | 'message'>;
}

/** The share of sagas, 0…1, that should have ended within a time. */
export interface SagaTarget {
  readonly share: number;
  readonly withinMs: number;
}

/** Which parts of a saga's data are classed, by `x-class` of schemas or because they were computed from what is. */
export interface ClassedParts {
  readonly input: readonly ClassedPart[];
  /** Of what blocks leave behind, by block. */
  readonly outputs: Readonly<Record<string, readonly ClassedPart[]>>;
  /** Of what commands are sent, by block. */
  readonly sent: Readonly<Record<string, readonly ClassedPart[]>>;
  /** Of what people are shown, by block; one at the very top means all of it, items included. */
  readonly shown: Readonly<Record<string, readonly ClassedPart[]>>;
  /** The class of what people write freely, such as why they did something; absent where it has none. */
  readonly notes?: string;
}

/** An event that instances wait for. */
export interface AwaitedEvent {
  readonly event: string;
  /** What it is about, over `data` and `event`, by its owner's contract; without one, the key of its message. */
  readonly key?: Expression;
  /** How long before it is asked for it may have come; the longest that any block says. */
  readonly earlyMs: number;
}

/** A fact that instances ask for. */
export interface NeededFact extends FactContract {
  readonly fact: string;
  /** How old it may be at most where it is asked for; absent: somewhere any age will do. */
  readonly freshMs?: number;
  /** What of its value is classed; absent: nothing. */
  readonly classed?: readonly ClassedPart[];
}

/** The limit that a command counts against, with others of the same name. */
export interface CommandLimit extends Limits {
  /** Its participant, or, where it has limits of its own, the command. */
  readonly name: string;
}
