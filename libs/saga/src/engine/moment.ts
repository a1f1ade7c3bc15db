import type { Effect } from '../effect.js';
import type { Instant } from '../json.js';
import type { Chart, Place } from './chart.js';
import type { EngineState, Frame } from './engine-state.js';

/** A saga in the middle of an input: every function of the engine takes one and returns the next. */
export interface Moment {
  readonly chart: Chart;
  readonly now: Instant;
  readonly state: EngineState;
  readonly effects: readonly Effect[];
  /** What is to be looked at before the input is over, in order. */
  readonly agenda: readonly Signal[];
  /** Steps taken so far. */
  readonly visits: number;
}

/** One step of the flow. */
export type Signal =
  | { readonly kind: 'enter'; readonly place: Place }
  /** The node at `place` is done; what comes next is its parent's to say. */
  | { readonly kind: 'done'; readonly place: Place }
  /** What was raised at `origin` leaves the node at `place`. */
  | { readonly kind: 'leave'; readonly place: Place; readonly origin: string }
  /** The operations inside `place`, from this one in the log, go on when nothing else is left to be looked at. */
  | { readonly kind: 'resume'; readonly place: Place; readonly from: number };

/** A saga before an input. */
export function momentOf(chart: Chart, now: Instant, state: EngineState): Moment {
  return { chart, now, state, effects: [], agenda: [], visits: 0 };
}

/** The moment with parts of the state replaced. */
export function change(moment: Moment, parts: Partial<EngineState>): Moment {
  const { chart, now, state, effects, agenda, visits } = moment;
  return { chart, now, state: changed(state, parts), effects, agenda, visits };
}

/** The moment with one more effect. */
export function emit(moment: Moment, effect: Effect): Moment {
  const { chart, now, state, effects, agenda, visits } = moment;
  return { chart, now, state, effects: [...effects, effect], agenda, visits };
}

/** The moment with one more thing to look at. */
export function next(moment: Moment, signal: Signal): Moment {
  const { chart, now, state, effects, agenda, visits } = moment;
  return { chart, now, state, effects, agenda: [...agenda, signal], visits };
}

/** What is to be looked at first, and the moment without it. */
export function takeSignal(moment: Moment): { readonly signal: Signal; readonly rest: Moment } {
  const { chart, now, state, effects, visits } = moment;
  const [signal, ...agenda] = moment.agenda;
  return { signal: signal!, rest: { chart, now, state, effects, agenda, visits: visits + 1 } };
}

/** The node at `place` is to begin. */
export function enter(moment: Moment, place: Place): Moment {
  return next(moment, { kind: 'enter', place });
}

/** The node at `place` is done. */
export function done(moment: Moment, place: Place): Moment {
  return next(moment, { kind: 'done', place });
}

/** What the node at `place` remembers. */
export function frameAt<K extends Frame['kind']>(
  moment: Moment,
  place: Place,
  kind: K,
): Extract<Frame, { kind: K }> | undefined {
  const frame = moment.state.frames[place.key];
  return frame?.kind === kind ? (frame as Extract<Frame, { kind: K }>) : undefined;
}

/** Lets the node at `place` remember `frame`. */
export function remember(moment: Moment, place: Place, frame: Frame): Moment {
  return change(moment, { frames: { ...moment.state.frames, [place.key]: frame } });
}

/** Lets the node at `place` forget what it remembers. */
export function forget(moment: Moment, place: Place): Moment {
  return place.key in moment.state.frames
    ? change(moment, { frames: without(moment.state.frames, place.key) })
    : moment;
}

/** The block that the node at `place` belongs to. */
export function blockOf(place: Place): string {
  let site: Place['site'] | undefined = place.site;
  while (site !== undefined && site.node.block === undefined) site = site.parent ?? site.undoes;
  return site?.node.block ?? place.site.node.id;
}

/** A copy of `entries` without `key`. */
export function without<V>(entries: Readonly<Record<string, V>>, key: string): Readonly<Record<string, V>> {
  const { [key]: _, ...rest } = entries;
  return rest;
}

/** Written out because this is the hottest line of the engine: a copy by spread takes ten times as long. */
function changed(state: EngineState, parts: Partial<EngineState>): EngineState {
  return {
    facts: parts.facts ?? state.facts,
    input: state.input,
    toggles: parts.toggles ?? state.toggles,
    linked: state.linked,
    status: parts.status ?? state.status,
    at: parts.at ?? state.at,
    steps: parts.steps ?? state.steps,
    operations: parts.operations ?? state.operations,
    frames: parts.frames ?? state.frames,
    raised: parts.raised ?? state.raised,
    iterations: parts.iterations ?? state.iterations,
    incidents: parts.incidents ?? state.incidents,
    timers: parts.timers ?? state.timers,
    lastTimer: parts.lastTimer ?? state.lastTimer,
    rounds: parts.rounds ?? state.rounds,
    failure: 'failure' in parts ? parts.failure : state.failure,
    ending: 'ending' in parts ? parts.ending : state.ending,
  };
}
