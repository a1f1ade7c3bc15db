import {
  deriveDeskId,
  eventHeaders,
  eventTopic,
  homeOf,
  writeHomeRecord,
  type DeskId,
  type InboundRecord,
  type SignedRecord,
} from '#libs/messaging';
import type { AskedFact } from '../fact-outcome.js';
import type { AuditRow, DeskChanges, GatedCount, IncidentRow } from '../lane-store.js';
import { sourceOf, type Sender } from '../outgoing-effects.js';
import type { OutgoingMessage } from '../outgoing-message.js';
import { withToggles, type ToggleValues } from '../start-toggles.js';
import { fits } from '../value-size.js';
import { deskRecord } from './desk-record.js';
import { informingStart } from './informing-sagas.js';
import type { Desk, DeskInput, DeskPost, DeskTurn } from './desk.js';
import { isWorthKeeping, newDesk, storedDesk, type DeskIdentity, type LiveDesk } from './live-desk.js';

/** What one batch makes of one desk. */
interface DeskChange {
  desk: LiveDesk;
  readonly before: LiveDesk;
  /** What it is made of, as long as it has not been stored. */
  text: string;
  messages: OutgoingMessage[];
  audits: AuditRow[];
  incidents: IncidentRow[];
  gated: GatedCount[];
  facts: AskedFact[];
  hearsay: string[];
}

/** What the desks of a batch come to. */
export interface FoldedDesks {
  readonly changes: DeskChanges;
  readonly changed: readonly LiveDesk[];
  readonly messages: readonly OutgoingMessage[];
  readonly audits: readonly AuditRow[];
  readonly incidents: readonly IncidentRow[];
  readonly gated: readonly GatedCount[];
  readonly facts: readonly AskedFact[];
  /** Facts of which others than their sources have spoken, each time. */
  readonly hearsay: readonly string[];
}

/** What folding desks needs to know. */
export interface DeskFoldingOptions extends Sender {
  readonly definitions: ToggleValues;
  readonly desks: ReadonlyMap<string, Desk>;
  /** Largest state of a desk in bytes. */
  readonly stateBytes: number;
  /** Largest value of a message in bytes. */
  readonly messageBytes: number;
}

/** Folds what is said to the desks of one batch, in order, to the net change of each desk. */
export class DeskFolding {
  private readonly changes = new Map<DeskId, DeskChange>();

  constructor(
    private readonly options: DeskFoldingOptions,
    private readonly find: (id: DeskId) => LiveDesk | undefined,
  ) {}

  /** The desk as this batch has made it so far. */
  current(id: DeskId): LiveDesk | undefined {
    return this.changes.get(id)?.desk ?? this.find(id);
  }

  /** Says something to a desk. @throws when it cannot take it; it is left as it was. */
  tell(id: DeskId, kind: string, key: string, input: DeskInput, record: InboundRecord): void {
    const desk = this.options.desks.get(kind);
    if (desk === undefined) throw new Error(`there is no desk of kind "${kind}"`);
    if (deriveDeskId(kind, key) !== id) throw new Error(`${id} is not the id of desk ${kind} ${key}`);
    const change = this.changeOf({ id, kind, key, home: record.part });
    const turn = desk.fold(change.desk.state, input, { id, key, now: record.timestamp });
    const messages = turn.posts.map((post) => this.messageOf(id, post));
    const text = JSON.stringify(turn.state ?? null);
    this.assertFits(`the state of desk ${kind} ${key}`, text, this.options.stateBytes);
    change.text = text;
    change.desk = { ...change.desk, ...kept(turn) };
    change.messages.push(...messages);
    change.audits.push(...(turn.audits ?? []));
    change.incidents.push(...(turn.incidents ?? []));
    change.gated.push(...(turn.gated ?? []));
    change.facts.push(...(turn.facts ?? []));
    if (turn.hearsay !== undefined) change.hearsay.push(turn.hearsay);
  }

  /** Marks a desk as held by a parked record, or free. */
  setHeld(desk: DeskIdentity, held: boolean): void {
    const change = this.changeOf(desk);
    if (change.desk.held !== held) change.desk = { ...change.desk, held };
  }

  /** Lets memory and clock know that there is no such desk. */
  forget(id: DeskId, home: number): void {
    this.changeOf({ id, kind: '', key: '', home });
  }

  /** Closes the batch. */
  finish(): FoldedDesks {
    const all = [...this.changes.values()];
    const moved = all.filter(({ desk, before }) => desk !== before);
    return {
      changes: {
        kept: moved
          .filter(({ desk }) => isWorthKeeping(desk))
          .map(({ desk, text }) => storedDesk(desk, text)),
        gone: moved
          .filter(({ desk, before }) => !isWorthKeeping(desk) && isWorthKeeping(before))
          .map(({ desk }) => desk.id),
      },
      changed: all.map(({ desk }) => desk),
      messages: all.flatMap(({ messages }) => messages),
      audits: all.flatMap(({ audits }) => audits),
      incidents: all.flatMap(({ incidents }) => incidents),
      gated: all.flatMap(({ gated }) => gated),
      facts: all.flatMap(({ facts }) => facts),
      hearsay: all.flatMap(({ hearsay }) => hearsay),
    };
  }

  private changeOf(identity: DeskIdentity): DeskChange {
    const known = this.changes.get(identity.id);
    if (known !== undefined) return known;
    const found = this.find(identity.id);
    const desk = found !== undefined && isWorthKeeping(found) ? found : newDesk(identity);
    const text = JSON.stringify(desk.state ?? null);
    const nothing = { messages: [], audits: [], incidents: [], gated: [], facts: [], hearsay: [] };
    const change = { desk, before: desk, text, ...nothing };
    this.changes.set(identity.id, change);
    return change;
  }

  private messageOf(from: DeskId, post: DeskPost): OutgoingMessage {
    const message = deskMessage(this.options, from, post);
    this.assertFits(`a message of kind ${post.kind}`, message.value ?? '', this.options.messageBytes);
    return message;
  }

  private assertFits(what: string, text: string, limit: number): void {
    if (!fits(text, limit)) throw new Error(`${what} would take more than ${limit} bytes`);
  }
}

function kept<State>({ state, wakeAt, expiresAt, tags = [] }: DeskTurn<State>) {
  return state === undefined
    ? { state, wakeAt: undefined, expiresAt: undefined, tags: [] }
    : { state, wakeAt, expiresAt, tags };
}

function deskMessage(options: DeskFoldingOptions, from: DeskId, post: DeskPost): OutgoingMessage {
  return post.kind === 'event'
    ? postedEvent(options, from, post)
    : homeMessage(options, from, recordOf(options, from, post));
}

function postedEvent(
  { installation }: Sender,
  from: DeskId,
  { saga, event, id, at, key, data }: Extract<DeskPost, { kind: 'event' }>,
): OutgoingMessage {
  const source = sourceOf(installation);
  const headers = eventHeaders({ id, source, type: event, at, correlation: saga, hops: 1, trace: {} });
  return { saga: from, topic: eventTopic(event), key, value: JSON.stringify(data), headers };
}

/** A record for the home partition of a saga or desk as a message. `from` is whose order it keeps to. */
export function homeMessage(sender: Sender, from: string, record: SignedRecord): OutgoingMessage {
  const { keyring, installation } = sender;
  const part = homeOf(record.saga, installation.homePartitions);
  return { saga: from, topic: installation.homeTopic, part, ...writeHomeRecord(keyring, record) };
}

function recordOf(
  options: DeskFoldingOptions,
  from: DeskId,
  post: Exclude<DeskPost, { kind: 'event' }>,
): SignedRecord {
  switch (post.kind) {
    case 'heard': {
      const { kind, saga, data, ...head } = post;
      return { kind, saga, head, data };
    }
    case 'desk':
      return deskRecord(post.desk, post.key, post.message);
    case 'trigger':
      return { saga: from, ...post };
    case 'start':
      return { ...post, head: withToggles(options.definitions, post.head) };
    case 'run':
      return informingStart(options, from, post);
    case 'action':
      return post;
  }
}
