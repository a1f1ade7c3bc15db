import type { BlockCompiler } from '../compiler/block-compiler.js';
import { joined, withName, type Compiled, type Flow, type Raised } from '../compiler/flow.js';
import { compileSubscription, type CompiledSubscription } from '../compiler/subscriptions.js';
import { at, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import { ANY_OR_NOTHING } from '../expression/static-type.js';
import type { PickNode } from '../node.js';
import type { EventAsk } from '../wait-node.js';
import type { BlockSource } from './block.js';

/** One way on from a wait, with the list of blocks that stands there. */
interface Way {
  readonly guard: PickNode['cases'][number];
  readonly compiled: Compiled;
}

/** Compiles a wait for one event or for the first of several: an ask and, where blocks follow from it, a pick behind it. */
export function compileEventWait(source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const { cursor, name, id } = source;
  const cases = itemsOf(at(cursor, 'first'));
  const fallback = at(cursor, 'default');
  const subscriptions =
    cases.length === 0
      ? [subscribed(cursor, flow, compiler)]
      : cases.map((each) => subscribed(each, flow, compiler));
  const node = askOf(source, subscriptions);
  const ways = [
    ...cases.map((each, index) => caseWay(each, source, subscriptions[index]!, flow, compiler)),
    ...(fallback === undefined ? [] : [defaultWay(fallback, source, flow, compiler)]),
  ];
  const straight = cases.length === 0 ? [withName(flow, name, subscriptions[0]!.data)] : [];
  const raises = [
    ...keyRaises(cursor, cases, name, flow),
    ...ways.flatMap(({ compiled }) => compiled.raises),
  ];
  const known = joined([...straight, ...ways.map(({ compiled }) => compiled.after)]);
  const after = known && { ...known, inside: flow.inside };
  if (ways.length === 0) return { node: { ...node, id }, after, raises, isUndoable: false };
  const pick: PickNode = { kind: 'pick', id: `${id}:cases`, cases: ways.map(({ guard }) => guard) };
  return {
    node: { kind: 'seq', id, children: [node, pick] },
    after,
    raises,
    isUndoable: ways.some(({ compiled }) => compiled.isUndoable),
  };
}

function subscribed(cursor: Cursor, flow: Flow, compiler: BlockCompiler): CompiledSubscription {
  const { data, subscription } = compileSubscription(cursor, flow, compiler);
  const name = textAt(cursor, 'case');
  return { data, subscription: name === undefined ? subscription : { ...subscription, case: name } };
}

function askOf({ cursor, name, id }: BlockSource, subscriptions: readonly CompiledSubscription[]): EventAsk {
  const early = textAt(cursor, 'early');
  const fallback = at(cursor, 'default');
  const after = fallback && textAt(fallback, 'after');
  const events = fallback && at(fallback, 'events');
  return {
    kind: 'ask',
    channel: 'event',
    id: `${id}:event`,
    block: name,
    subscriptions: subscriptions.map(({ subscription }) => subscription),
    ...(early !== undefined && { earlyMs: durationMs(early)! }),
    ...(fallback !== undefined && {
      fallback: {
        ...(after !== undefined && { afterMs: durationMs(after)! }),
        ...(events !== undefined && { events: Number(events.value) }),
      },
    }),
  };
}

function caseWay(
  cursor: Cursor,
  { name, id }: BlockSource,
  { data }: CompiledSubscription,
  flow: Flow,
  compiler: BlockCompiler,
): Way {
  const label = textAt(cursor, 'case')!;
  const inside = withName({ ...flow, inside: name }, name, data);
  const compiled = compiler.compileList(at(cursor, 'do'), `${id}.${label}`, inside);
  return {
    guard: { name: label, if: ({ steps }) => steps[name]?.case === label, child: compiled.node },
    compiled,
  };
}

function defaultWay(cursor: Cursor, { name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Way {
  const inside = withName({ ...flow, inside: name }, name, ANY_OR_NOTHING);
  const compiled = compiler.compileList(at(cursor, 'do'), `${id}:default`, inside);
  return {
    guard: { name: 'default', if: ({ steps }) => steps[name]?.outcome === 'defaulted', child: compiled.node },
    compiled,
  };
}

/** A key that is written may turn out to be one that cannot be computed. */
function keyRaises(
  cursor: Cursor,
  cases: readonly Cursor[],
  block: string,
  { pivot }: Flow,
): readonly Raised[] {
  return [cursor, ...cases].flatMap((part) => {
    const key = at(part, 'key');
    return key === undefined
      ? []
      : [{ error: 'invalid', kind: 'engine' as const, pivot, block, cursor: key }];
  });
}
