import type { Json } from '../json.js';
import type { BlockResult, Values } from '../scope-values.js';
import { placeIn, type Place, type Site } from './chart.js';
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

/** What expressions at `place` see as `steps`: nothing of other iterations. */
export function stepsAt(moment: Moment, place: Place): Values['steps'] {
  const { steps } = moment.state;
  const { bodies } = place.site;
  if (bodies.length === 0) return steps;
  return Object.assign(
    {},
    steps,
    ...bodies.map((body) => iterationAt(moment, body, place)?.steps),
  ) as Values['steps'];
}

/** The variables of the loops around `place`; those of the innermost one count. */
export function localsAt(moment: Moment, place: Place): Values['locals'] {
  const { bodies } = place.site;
  if (bodies.length === 0) return undefined;
  const locals: Record<string, Json> = {};
  for (const [depth, body] of bodies.entries()) {
    const items = body.parent?.node.kind === 'par' ? body.parent.node.items : undefined;
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

function remember(moment: Moment, key: string, iteration: Iteration): Moment {
  return change(moment, { iterations: { ...moment.state.iterations, [key]: iteration } });
}
