import type { DeskId, DomainEvent, Json, SignedRecord, TriggerHead } from '#libs/messaging';
import type { KnownValue, Program, Trigger, TriggerFact, Values } from '#libs/saga';
import { factOutcome, type AskedFact } from '../fact-outcome.js';
import { deskRecord } from './desk-record.js';
import type { Desk, DeskInput, DeskMoment, DeskPost, DeskTurn } from './desk.js';
import { factKey, factKind, type AwaitMessage } from './outside.js';

/** The desk that asks for the facts a trigger requires: one for each trigger and what happened. */
export const inquiryKind = 'inquiry';

/** What is known of the facts of a trigger, by its names for them; null where none is fresh. */
export type InquiredFacts = Readonly<Record<string, KnownValue | null>>;

/** What a trigger is tried with once its facts are known. */
export interface Informed {
  readonly data: Json;
  readonly facts: InquiredFacts;
}

interface AskMessage {
  readonly kind: 'ask';
  readonly head: TriggerHead;
  readonly data: Json;
  readonly facts: readonly Question[];
}

interface Question {
  readonly name: string;
  readonly key: string;
  readonly request: Json;
}

interface HeardMessage {
  readonly kind: 'heard';
  readonly id: string;
  readonly what: 'fact' | 'stale';
  readonly data: Json;
}

interface InquiryState {
  readonly head: TriggerHead;
  readonly data: Json;
  readonly waiting: readonly string[];
  readonly facts: InquiredFacts;
}

/**
 * Asks for the facts a trigger requires, and lets the trigger be tried when all are known.
 *
 * What is asked twice, because an event came twice, is tried twice; that is the same saga both times. The desks of facts
 * answer within the time a trigger waits, so this one needs no clock.
 */
export const inquiryDesk: Desk<InquiryState> = {
  kind: inquiryKind,
  fold(state, input, moment): DeskTurn<InquiryState> {
    const message = messageOf(input);
    if (message?.kind === 'ask' && state === undefined) return ask(message, moment);
    if (message?.kind !== 'heard' || state === undefined) return { state, posts: [] };
    return hear(state, message);
  },
};

/** The record that has the facts asked for which a trigger requires. @throws when nobody can say whom they are about. */
export function inquiryRecord(
  { definition }: Pick<Program, 'definition'>,
  trigger: Trigger,
  required: readonly TriggerFact[],
  event: DomainEvent,
  values: Values,
): SignedRecord {
  const { id, source, type, at, hops, correlation } = event;
  const facts = required.map(({ name, fact, key, freshMs, waitMs, readBy }): Question => {
    const about = key(values);
    const request = {
      fact,
      key: about,
      ...(freshMs === undefined ? {} : { freshMs }),
      ...(waitMs === undefined ? {} : { waitMs }),
      ...(readBy === undefined ? {} : { readBy: { ...readBy } }),
    };
    return { name, key: factKey(fact, about), request };
  });
  const head: TriggerHead = {
    definition,
    trigger: trigger.name,
    source,
    eventId: id,
    eventType: type,
    at,
    hops,
    ...(correlation === undefined ? {} : { cause: correlation }),
    isInformed: true,
  };
  const message: AskMessage = { kind: 'ask', head, data: event.data as Json, facts };
  return deskRecord(inquiryKind, `${definition}/${trigger.name}/${source}/${id}`, message as unknown as Json);
}

/** The facts as expressions see them. */
export function knownFacts(facts: InquiredFacts): NonNullable<Values['facts']> {
  return Object.fromEntries(
    Object.entries(facts).filter((entry): entry is [string, KnownValue] => entry[1] !== null),
  );
}

function messageOf(input: DeskInput): AskMessage | HeardMessage | undefined {
  return input.kind === 'due' ? undefined : (input.message as unknown as AskMessage | HeardMessage);
}

function ask({ head, data, facts }: AskMessage, moment: DeskMoment): DeskTurn<InquiryState> {
  return {
    state: { head, data, waiting: facts.map(({ name }) => name), facts: {} },
    posts: facts.map((fact) => askPost(fact, head, moment)),
  };
}

function askPost({ name, key, request }: Question, head: TriggerHead, moment: DeskMoment): DeskPost {
  const message: Omit<AwaitMessage, 'saga'> & { readonly saga: DeskId } = {
    kind: 'await',
    saga: moment.id,
    definition: head.definition,
    businessKey: '',
    startedAt: head.at,
    id: name,
    block: head.trigger,
    since: moment.now,
    request,
    answerTo: { desk: inquiryKind, key: moment.key },
  };
  return { kind: 'desk', desk: factKind, key, message: message as unknown as Json };
}

function hear(state: InquiryState, message: HeardMessage): DeskTurn<InquiryState> {
  const { id, what, data } = message;
  if (!state.waiting.includes(id)) return { state, posts: [] };
  const { definition, trigger } = state.head;
  const counted: readonly AskedFact[] = [
    { definition, step: `${trigger}.${id}`, outcome: factOutcome(message) },
  ];
  const waiting = state.waiting.filter((name) => name !== id);
  const known = what === 'fact' ? (data as unknown as KnownValue) : null;
  const facts = { ...state.facts, [id]: known };
  if (waiting.length > 0) return { state: { ...state, waiting, facts }, posts: [], facts: counted };
  const informed: Informed = { data: state.data, facts };
  const post: DeskPost = { kind: 'trigger', head: state.head, data: informed as unknown as Json };
  return { state: undefined, posts: [post], facts: counted };
}
