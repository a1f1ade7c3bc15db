import {
  hash16,
  type HeardHead,
  type Instant,
  type Json,
  type SagaId,
  type SignedRecord,
} from '#libs/messaging';
import type { AwaitEffect, HeardInput, ReleaseEffect, WaitChannel } from '#libs/saga';
import type { Outside } from '../live-saga.js';
import { deskRecord } from './desk-record.js';

/** The desk that remembers what is known of a fact. */
export const factKind = 'fact';

/** Channels that are answered by desks: all but other sagas, which answer for themselves. */
export type DeskChannel = Exclude<WaitChannel, 'saga'>;

/** Who asks. */
export interface Asker {
  readonly saga: SagaId;
  readonly definition: string;
  readonly businessKey: string;
  readonly startedAt: Instant;
  /** The saga that waits for this one. */
  readonly parent?: SagaId;
}

/** What a saga says to a desk when it begins to wait for something. `since` is when it decided to. */
export interface AwaitMessage extends Asker {
  readonly kind: 'await';
  readonly id: string;
  readonly block: string;
  readonly since: Instant;
  readonly request: Json;
  /** Who has to hear of it, where a desk asks and not a saga. */
  readonly answerTo?: { readonly desk: string; readonly key: string };
}

/** What a saga says to a desk when nobody waits any more. */
export interface ReleaseMessage {
  readonly kind: 'release';
  readonly saga: SagaId;
  readonly id: string;
  readonly reason?: string;
  /** Of a lock: what was undone under it, by the names that participants know. */
  readonly undone?: readonly string[];
}

/** The desk that answers a channel, and the keys under which a request is laid before it. */
const answering: Readonly<
  Record<
    DeskChannel,
    { readonly desk: string; readonly keys: (request: Json, asker: Asker, id: string) => readonly string[] }
  >
> = {
  event: { desk: 'rendezvous', keys: (request) => eventKeys(request as unknown as EventRequest) },
  task: { desk: 'task', keys: (_request, { saga }, id) => [taskKey(saga, id)] },
  lock: { desk: 'lock', keys: (request) => [keyText((request as { readonly resource: Json }).resource)] },
  fact: {
    desk: factKind,
    keys: (request) => {
      const { fact, key } = request as { readonly fact: string; readonly key: Json };
      return [factKey(fact, key)];
    },
  },
};

interface EventRequest {
  readonly subscriptions: readonly { readonly event: string; readonly key: Json }[];
}

/** The key of the rendezvous of an event type and a key. */
export function rendezvousKey(event: string, key: Json): string {
  return `${event} ${keyText(key)}`;
}

/** The key of what is known of a fact. */
export function factKey(fact: string, key: Json): string {
  return `${fact} ${keyText(key)}`;
}

/** Which fact the key of its desk stands for, and about what. The name of a fact holds no space. */
export function factOfKey(deskKey: string): { readonly fact: string; readonly key: string } {
  const space = deskKey.indexOf(' ');
  return { fact: deskKey.slice(0, space), key: deskKey.slice(space + 1) };
}

/** The key of a task: of the saga and the name it waits under. */
export function taskKey(saga: SagaId, id: string): string {
  return `${saga} ${id}`;
}

/** The records that ask, and where they go to be remembered until nobody waits any more. */
export function askDesks(
  asker: Asker,
  { id, block, channel, request }: AwaitEffect & { readonly channel: DeskChannel },
  since: Instant,
): { readonly records: readonly SignedRecord[]; readonly to: readonly string[] } {
  const { desk, keys } = answering[channel];
  const message: AwaitMessage = { kind: 'await', ...asker, id, block, since, request };
  const to = keys(request, asker, id);
  return { records: to.map((key) => deskRecord(desk, key, message as unknown as Json)), to };
}

/** The records that say that nobody waits any more. */
export function releaseDesks(
  saga: SagaId,
  { id, reason, undone }: Pick<ReleaseEffect, 'id' | 'reason' | 'undone'>,
  { channel, to }: { readonly channel: DeskChannel; readonly to: readonly string[] },
): readonly SignedRecord[] {
  const message: ReleaseMessage = {
    kind: 'release',
    saga,
    id,
    ...(reason === undefined ? {} : { reason }),
    ...(undone === undefined ? {} : { undone }),
  };
  return to.map((key) => deskRecord(answering[channel].desk, key, message as unknown as Json));
}

/** More than a desk can have said again after its coordinator has died. */
const heardMax = 50;

/** Whether the saga has heard of this event before, under this name: what desks say may come twice. */
export function hasHeard(
  outside: Outside | undefined,
  { id, event }: Pick<HeardHead, 'id' | 'event'>,
): boolean {
  return event !== undefined && outside?.[id]?.heard?.includes(hashOf(event)) === true;
}

/** What is still asked for after `heard`: a fact is told once, a task is answered once, events may follow. */
export function stillOutside(outside: Outside, { id, what, event }: HeardInput): Outside | undefined {
  const asked = outside[id];
  if (asked === undefined) return outside;
  if (asked.channel === 'fact' || (asked.channel === 'task' && what === 'answered'))
    return withoutOutside(outside, id);
  if (event === undefined) return withoutCircle(outside, id);
  const heard = [...(asked.heard ?? []), hashOf(event)].slice(-heardMax);
  return { ...outside, [id]: { ...asked, heard } };
}

/** Whoever waited in a circle for another saga has heard of it. */
function withoutCircle(outside: Outside, id: string): Outside {
  const { circle, ...asked } = outside[id]!;
  return circle === undefined ? outside : { ...outside, [id]: asked };
}

function hashOf({ source, id }: NonNullable<HeardHead['event']>): string {
  return hash16(source, id).toString('base64url', 0, 9);
}

/** What is still asked for without `id`; `undefined` when that is nothing. */
export function withoutOutside(outside: Outside, id: string): Outside | undefined {
  const { [id]: _, ...rest } = outside;
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function eventKeys({ subscriptions }: EventRequest): readonly string[] {
  return [...new Set(subscriptions.map(({ event, key }) => rendezvousKey(event, key)))];
}

/** Keys are compared as text, and stored; the database refuses one character. */
export function keyText(key: Json): string {
  const text = typeof key === 'string' ? key : JSON.stringify(key);
  return text.replaceAll('\0', '\u2400');
}
