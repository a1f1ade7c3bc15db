import { sealOperation, type Instant, type SignedRecord } from '#libs/messaging';
import type { AwaitEffect, FinishEffect, ReleaseEffect } from '#libs/saga';
import type { LiveSaga, Outside } from '../live-saga.js';
import {
  endedChild,
  lettingGo,
  startChild,
  withdrawChild,
  type ChildStart,
  type ChildStarter,
} from './child-sagas.js';
import { foundOut } from './informing-sagas.js';
import { askDesks, releaseDesks, withoutOutside, type Asker, type DeskChannel } from './outside.js';

/** Effects that go neither to a participant nor to whoever listens to events, but to desks and other sagas. */
export type OutsideEffect = AwaitEffect | ReleaseEffect | FinishEffect;

/** What such an effect says, and what its saga has asked for from then on. */
export interface Spoken {
  readonly records: readonly SignedRecord[];
  readonly outside: Outside | undefined;
  /** Why nothing was said, where the saga itself would never hear of it. */
  readonly trouble?: string;
}

/** Turns what a saga wants of desks and other sagas into records for them. */
export function speakOutside(
  starter: ChildStarter,
  saga: LiveSaga,
  effect: OutsideEffect,
  now: Instant,
): Spoken {
  switch (effect.kind) {
    case 'await':
      return ask(starter, saga, effect, now);
    case 'release':
      return release(starter, saga, effect, now);
    case 'finish':
      return finish(saga, effect, now);
  }
}

function ask(starter: ChildStarter, saga: LiveSaga, effect: AwaitEffect, now: Instant): Spoken {
  const { id, channel } = effect;
  if (channel === 'saga') return askSaga(saga, id, startChild(starter, saga, effect, now));
  const asker = askerOf(saga);
  const { records, to } = askDesks(asker, { ...effect, channel }, now);
  return { records, outside: { ...saga.outside, [id]: { channel, to } } };
}

function askSaga({ outside }: LiveSaga, id: string, start: ChildStart): Spoken {
  if (start.kind === 'refused')
    return start.record === undefined
      ? { records: [], outside, trouble: start.reason }
      : { records: [start.record], outside };
  const { record, child, isWaitedFor } = start;
  return {
    records: [record],
    outside: isWaitedFor ? { ...outside, [id]: { channel: 'saga', to: [child] } } : outside,
  };
}

function askerOf({ id, businessKey, program, state }: LiveSaga): Asker {
  const { startedAt, parent } = state.facts;
  const asker = { saga: id, definition: program.definition, businessKey, startedAt };
  return parent === undefined ? asker : { ...asker, parent: parent.saga };
}

/** Releasing what is not known to have been asked for says nothing: it was released before. */
function release(starter: ChildStarter, saga: LiveSaga, effect: ReleaseEffect, now: Instant): Spoken {
  const { outside } = saga;
  const asked = outside?.[effect.id];
  if (outside === undefined || asked === undefined) return { records: [], outside };
  const { channel, to } = asked;
  // A child that was told to stop may have to be undone later; it is remembered as long as its parent.
  if (channel === 'saga')
    return { records: to.map((child) => withdrawChild(saga.id, child, effect, now)), outside };
  return {
    records: releaseDesks(saga.id, { ...effect, ...undoneOf(starter, saga, effect) }, { channel, to }),
    outside: withoutOutside(outside, effect.id),
  };
}

/** What is undone, by the names under which participants know it. */
function undoneOf(
  { keyring }: ChildStarter,
  { id }: LiveSaga,
  { undone }: ReleaseEffect,
): Pick<ReleaseEffect, 'undone'> {
  return undone === undefined ? {} : { undone: undone.map((name) => sealOperation(keyring, id, name)) };
}

/** Whoever waits for the saga hears of its end, and whatever it still waits for is let go. */
function finish(saga: LiveSaga, effect: FinishEffect, now: Instant): Spoken {
  const heard = [endedChild(saga, effect), foundOut(saga, now)].filter((one) => one !== undefined);
  const entries = Object.entries(saga.outside ?? {});
  const left = entries.filter(([, { channel }]) => channel !== 'saga');
  const released = left.flatMap(([id, { channel, to }]) =>
    releaseDesks(saga.id, { id }, { channel: channel as DeskChannel, to }),
  );
  const kept = entries.filter(([, { channel }]) => channel === 'saga');
  // A parent may still have this one undone, and with it those that it has started itself.
  const isOver = saga.finishedAt !== undefined;
  return {
    records: [...heard, ...released, ...(isOver ? lettingGo(saga, now) : [])],
    outside: isOver || kept.length === 0 ? undefined : Object.fromEntries(kept),
  };
}
