import type { Json } from '../json.js';
import type { BlockResult, Values } from '../scope-values.js';
import { pathFrom, placeIn, type Place, type Site } from './chart.js';
import type { Iteration, Message } from './engine-state.js';
import { change, type Moment } from './moment.js';

/** Makes what a block left behind visible as `steps.<block>`: in the iteration it stands in, or in the whole saga. */
export function record(moment: Moment, place: Place, block: string, result: BlockResult): Moment {
  const { steps } = moment.state;
  const body = place.site.bodies.at(-1);
  if (body === undefined) return change(moment, { steps: { ...steps, [block]: result } });
  const { key } = placeIn(body, place.iteration);
  const iteration = moment.state.iterations?.[key];
  return remember(moment, key, { ...iteration, steps: { ...iteration?.steps, [block]: result } });
}

/** What a block that stands beside `place` left behind the last time. */
export function resultOf(moment: Moment, place: Place, block: string): BlockResult | undefined {
  const body = place.site.bodies.at(-1);
  if (body === undefined) return moment.state.steps[block];
  return iterationAt(moment, body, place)?.steps?.[block];
}

/** What expressions at `place` see as `steps`: nothing of other iterations, nor of legs that are missing. */
export function stepsAt(moment: Moment, place: Place): Values['steps'] {
  const { steps, iterations } = moment.state;
  if (iterations === undefined) return steps;
  const around = pathFrom(place).map(({ key }) => iterations[key]?.steps);
  return Object.assign({}, steps, ...around.toReversed()) as Values['steps'];
}

/** What legs have left that are missing is visible inside of them only, where their undo may read it. */
export function hideLegs(moment: Moment, legs: readonly Place[]): Moment {
  return legs.reduce((before, leg) => {
    const names = new Set(blocksIn(leg.site));
    const seen = Object.entries(visibleBeside(before, leg));
    const hidden = seen.filter(([block]) => names.has(block));
    if (hidden.length === 0) return before;
    const steps = Object.fromEntries(seen.filter(([block]) => !names.has(block)));
    const { iterations = {} } = before.state;
    const noted = { ...iterations, [leg.key]: { ...iterations[leg.key], steps: Object.fromEntries(hidden) } };
    const body = leg.site.bodies.at(-1);
    if (body === undefined) return change(before, { steps, iterations: noted });
    const { key } = placeIn(body, leg.iteration);
    return change(before, { iterations: { ...noted, [key]: { ...noted[key], steps } } });
  }, moment);
}

/** Legs begin: what former ones left under their names is not theirs. */
export function forgetHidden(moment: Moment, legs: readonly Place[]): Moment {
  const { iterations } = moment.state;
  if (iterations === undefined) return moment;
  const keys = new Set(legs.map(({ key }) => key));
  const kept = Object.entries(iterations).filter(([key]) => !keys.has(key));
  return change(moment, { iterations: Object.fromEntries(kept) });
}

/** The variables of the loops around `place`; those of the innermost one count. */
export function localsAt(moment: Moment, place: Place): Values['locals'] {
  const { bodies } = place.site;
  if (bodies.length === 0) return undefined;
  const locals: Record<string, Json> = {};
  for (const [depth, body] of bodies.entries()) {
    const loop = body.parent!.node;
    if (loop.kind !== 'par' && loop.kind !== 'loop') continue;
    const items = loop.kind === 'par' ? loop.items : undefined;
    const iteration = iterationAt(moment, body, place);
    if (items !== undefined) locals[items.as] = iteration?.item ?? null;
    locals['index'] = iteration?.index ?? Number(place.iteration[depth]) - 1;
  }
  return locals;
}

/** The event that blocks around `place` run for, if a listener began them. */
export function messageAt(moment: Moment, place: Place): Message | undefined {
  const body = place.site.bodies.findLast((one) => iterationAt(moment, one, place)?.message !== undefined);
  return body && iterationAt(moment, body, place)?.message;
}

/** Notes the event that blocks are about to run for. */
export function recordMessage(moment: Moment, blocks: Place, message: Message): Moment {
  return remember(moment, blocks.key, { message });
}

/** Notes what one item's leg has made. */
export function recordOutput(moment: Moment, leg: Place, output: Json): Moment {
  return remember(moment, leg.key, { ...moment.state.iterations?.[leg.key], output });
}

/** What one item's leg has made. */
export function outputOf(moment: Moment, leg: Place): Json {
  return moment.state.iterations?.[leg.key]?.output ?? null;
}

/** Notes the items that legs are about to begin with. What a former run left there stays: its undo may read it. */
export function recordItems(
  moment: Moment,
  items: readonly { readonly leg: Place; readonly item: Json }[],
): Moment {
  const { iterations = {} } = moment.state;
  const noted = items.map(({ leg, item }, index): readonly [string, Iteration] => {
    const { output: _, ...kept } = iterations[leg.key] ?? {};
    return [leg.key, { ...kept, item, index }];
  });
  return change(moment, { iterations: { ...iterations, ...Object.fromEntries(noted) } });
}

function iterationAt(moment: Moment, body: Site, place: Place): Iteration | undefined {
  return moment.state.iterations?.[placeIn(body, place.iteration).key];
}

/** The results among which those of a fixed leg stand. */
function visibleBeside(moment: Moment, leg: Place): Values['steps'] {
  const body = leg.site.bodies.at(-1);
  return body === undefined ? moment.state.steps : (iterationAt(moment, body, leg)?.steps ?? {});
}

/** Names of the blocks at a site and inside of it; a `raise` has that of the block around it. */
function blocksIn({ node, children }: Site): readonly string[] {
  const own = node.kind === 'raise' || node.block === undefined ? [] : [node.block];
  return [...own, ...children.flatMap(blocksIn)];
}

function remember(moment: Moment, key: string, iteration: Iteration): Moment {
  return change(moment, { iterations: { ...moment.state.iterations, [key]: iteration } });
}
