import type { Effect } from '../effect.js';
import type { Instant, Json } from '../json.js';
import type { BlockResult } from '../scope-values.js';
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
  | { readonly kind: 'done'; readonly place: Place; readonly output: Json }
  /** What was raised at `origin` leaves the node at `place`. */
  | { readonly kind: 'leave'; readonly place: Place; readonly origin: string };

/** The moment with parts of the state replaced. */
export function change(moment: Moment, parts: Partial<EngineState>): Moment {
  return { ...moment, state: { ...moment.state, ...parts } };
}

/** The moment with one more effect. */
export function emit(moment: Moment, effect: Effect): Moment {
  return { ...moment, effects: [...moment.effects, effect] };
}

/** The moment with more to look at. */
export function next(moment: Moment, ...signals: readonly Signal[]): Moment {
  return { ...moment, agenda: [...moment.agenda, ...signals] };
}

/** The node at `place` is to begin. */
export function enter(moment: Moment, place: Place): Moment {
  return next(moment, { kind: 'enter', place });
}

/** The node at `place` is done. */
export function done(moment: Moment, place: Place, output: Json): Moment {
  return next(moment, { kind: 'done', place, output });
}

/** What the node at `place` remembers. */
export function frameAt<K extends Frame['kind']>(moment: Moment, place: Place, kind: K): Extract<Frame, { kind: K }> | undefined {
  const frame = moment.state.frames[place.key];
  return frame?.kind === kind ? (frame as Extract<Frame, { kind: K }>) : undefined;
}

/** Lets the node at `place` remember `frame`. */
export function remember(moment: Moment, place: Place, frame: Frame): Moment {
  return change(moment, { frames: { ...moment.state.frames, [place.key]: frame } });
}

/** Lets the node at `place` forget what it remembers. */
export function forget(moment: Moment, place: Place): Moment {
  return place.key in moment.state.frames ? change(moment, { frames: without(moment.state.frames, place.key) }) : moment;
}

/** Makes what a block left behind visible as `steps.<block>`. */
export function record(moment: Moment, block: string, result: BlockResult): Moment {
  return change(moment, { steps: { ...moment.state.steps, [block]: result } });
}

/** The block that the node at `place` belongs to. */
export function blockOf(place: Place): string {
  let site: Place['site'] | undefined = place.site;
  while (site !== undefined && site.node.block === undefined) site = site.parent;
  return site?.node.block ?? place.site.node.id;
}

/** A copy of `entries` without `key`. */
export function without<V>(entries: Readonly<Record<string, V>>, key: string): Readonly<Record<string, V>> {
  const { [key]: _, ...rest } = entries;
  return rest;
}
