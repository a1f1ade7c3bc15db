import type { LockAsk } from '../wait-node.js';
import type { Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { emit, type Moment } from './moment.js';
import { placeOf, put } from './operations.js';
import { isPastPivot } from './pivot.js';
import { standingOf } from './standing.js';
import { waitName } from './withdrawing.js';

/** Nobody reads more. */
const saidMost = 10;

/**
 * Tells each lock that is held and tells it where its holder stands, in the words of the blocks it stands at, as often as
 * these change. A saga that has ended says nothing: its locks are given back.
 */
export function tellHolders(moment: Moment): Moment {
  const { chart, state, now } = moment;
  if (state.status !== 'running' && state.status !== 'compensating') return moment;
  const held = state.operations.filter((one) => one.standing === 'done' && tellsStatus(moment, one));
  if (held.length === 0) return moment;
  const says = wordsOf(standingOf(chart.program, { ...state, at: now }));
  return held.reduce((told, operation) => tell(told, operation, says), moment);
}

function tellsStatus(moment: Moment, operation: Operation): boolean {
  const { node } = placeOf(moment, operation).site;
  return node.kind === 'ask' && node.channel === 'lock' && node.tellsStatus === true;
}

function wordsOf(standing: ReturnType<typeof standingOf>): readonly string[] {
  const words = [...new Set(standing.flatMap(({ status }) => status ?? []))].sort();
  return words.length > saidMost ? [...words.slice(0, saidMost), '…'] : words;
}

function tell(moment: Moment, operation: Operation, says: readonly string[]): Moment {
  const { told = [], round, sent = null } = operation;
  if (told.length === says.length && told.every((word, index) => word === says[index])) return moment;
  const place = placeOf(moment, operation) as Place<LockAsk>;
  const { block, channel, leaseMs, conflict } = place.site.node;
  const keeps = isPastPivot(moment) ? { keeps: true } : {};
  const request = { resource: sent, leaseMs, conflict, ...keeps, says };
  const known = put(moment, { ...operation, told: says });
  return emit(known, { kind: 'await', id: waitName(place, round), channel, block, request });
}
