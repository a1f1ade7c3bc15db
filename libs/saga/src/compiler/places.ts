import { entriesOf, at, type Cursor } from '../document/cursor.js';
import type { Place } from '../expression/place.js';
import type { Flow } from './flow.js';
import {
  ANY,
  BOOL,
  INSTANT,
  NUMBER,
  STRING,
  type RecordType,
  type StaticType,
} from '../expression/static-type.js';
import type { Contracts } from './contracts.js';
import type { Cause, Failure, SagaFacts } from '../scope-values.js';

const TIMESTAMP_TEXT: StaticType = { kind: 'timestamp', stored: 'text' };

const FAILURE = closed('`failure`', {
  error: STRING,
  step: STRING,
  message: STRING,
  data: ANY,
  at: INSTANT,
  causes: {
    kind: 'list',
    of: closed('a cause of `failure`', {
      error: STRING,
      step: STRING,
      message: STRING,
      at: INSTANT,
      leg: { kind: 'optional', of: STRING },
    } satisfies Record<keyof Cause, StaticType>),
  },
} satisfies Record<Exclude<keyof Failure, 'isDrift'>, StaticType>);

const SAGA_FACTS = {
  id: STRING,
  key: STRING,
  definition: STRING,
  version: NUMBER,
  startedAt: INSTANT,
  hops: NUMBER,
} satisfies Record<
  Exclude<keyof SagaFacts, 'result' | 'parent' | 'runBy' | 'edition' | 'informs'>,
  StaticType
>;

/** What `saga` is while it runs. */
const SAGA = closed('`saga`', SAGA_FACTS);

/** What `saga` is when it has ended. It has a result only where an `end` gave it one. */
const ENDED_SAGA: RecordType = { ...closed('`saga`', { ...SAGA_FACTS, result: ANY }), nullable: ['result'] };

/** What every expression of a saga is given, and where its names come from. */
export interface SagaPlaces {
  readonly input: StaticType;
  readonly toggles: StaticType;
  /** Every block, and the loop around those that are visible in there only. */
  readonly blocks: ReadonlySet<string>;
  readonly loops: ReadonlyMap<string, string>;
  /** What may be read of them when the saga has ended. */
  readonly steps: Place['steps'];
  /** The saga that a trigger links it to; absent where none does. */
  readonly linked?: StaticType;
}

/** The toggles of a saga, as a type. */
export function togglesType(saga: Cursor): RecordType {
  return closed(
    '`toggles`',
    Object.fromEntries(entriesOf(at(saga, 'toggles')).map(([name]) => [name, BOOL])),
  );
}

/** Inside a block. */
export function blockPlace(
  { input, toggles, blocks, loops, linked }: SagaPlaces,
  { names: steps, isHandling, locals, facts }: Pick<Flow, 'names' | 'isHandling' | 'locals' | 'facts'>,
  extra: Place['roots'] = {},
): Place {
  const failure = isHandling ? { failure: FAILURE } : {};
  const roots = { input, toggles, saga: SAGA, now: INSTANT, ...(linked && { linked }), ...failure, ...extra };
  return { roots, steps, blocks, loops, ...(locals && { locals }), ...(facts && { facts }) };
}

/** Inside a fragment: its own blocks, and no more of the saga than the time. */
export function fragmentPlace(steps: Place['steps'], isHandling: boolean, extra: Place['roots'] = {}): Place {
  const failure = isHandling ? { failure: FAILURE } : {};
  return { roots: { now: INSTANT, ...failure, ...extra }, steps, blocks: new Set(steps.keys()) };
}

/** In `outcomes`: everything that ran may be read, and nothing is sure. */
export function outcomePlace(
  { input, toggles, blocks, loops, linked }: SagaPlaces,
  steps: Place['steps'],
  hasFailure: boolean,
): Place {
  const failure = hasFailure ? { failure: FAILURE } : {};
  const roots = { input, toggles, saga: ENDED_SAGA, now: INSTANT, ...(linked && { linked }), ...failure };
  return { roots, steps, blocks, loops };
}

/** At a trigger: there is an event, and no saga yet. */
export function triggerPlace({ blocks }: SagaPlaces, data: StaticType): Place {
  return { roots: { data, event: ANY, now: INSTANT }, steps: new Map(), blocks };
}

/** The data of an event, as far as a contract says what it looks like. */
export function eventDataType(contracts: Contracts, event: string): StaticType {
  return contracts.eventTypes.get(event) ?? ANY;
}

/** What a schedule gives as `data`. */
export const scheduledType = closed('`data`', { scheduledAt: TIMESTAMP_TEXT });

/** What a saga that ended gives as `data` to those it starts. */
export const endedSagaType = closed('`data`', {
  saga: closed('`data.saga`', { id: STRING, key: STRING, definition: STRING, version: NUMBER }),
  outcome: STRING,
  result: ANY,
  input: ANY,
});

/** In `key`: only the input counts, so that all triggers agree. */
export function keyPlace({ input, blocks }: SagaPlaces): Place {
  return { roots: { input }, steps: new Map(), blocks };
}

const EARLIER = {
  times: NUMBER,
  outcome: STRING,
  took: { kind: 'duration', stored: 'text' },
} satisfies Record<string, StaticType>;

/** In a time-out policy: the time, what is sent and to whom, and what came of it before in this saga. */
export function timeoutPlace(): Place {
  const step = closed('`step`', { block: STRING, kind: STRING, call: STRING, participant: STRING });
  const before = closed('`before`', {
    step: closed('`before.step`', EARLIER),
    participant: closed('`before.participant`', EARLIER),
  });
  const locals = new Map([
    ['step', step],
    ['before', before],
  ]);
  const apart =
    'Sagas share a time-out policy, so it sees nothing that one of them was given or has found out. Where the time depends on that, write two steps in a `choice`, each with its own `timeout`.';
  return { roots: { now: INSTANT, saga: SAGA }, locals, steps: new Map(), blocks: new Set(), apart };
}

function closed(title: string, fields: RecordType['fields']): RecordType {
  return { kind: 'record', title, fields, open: false };
}
