import type { Node } from '../node.js';
import { ask } from './ask.js';
import { calc } from './calc.js';
import { parentOf, type Place } from './chart.js';
import { complete, uncaught } from './ending.js';
import { loop } from './loop.js';
import type { Moment, Signal } from './moment.js';
import type { NodeKind } from './node-kind.js';
import { par } from './par.js';
import { pick } from './pick.js';
import { raise } from './raise.js';
import { scope } from './scope.js';
import { seq } from './seq.js';
import { resumeInside } from './stopping.js';
import { tell } from './tell.js';
import { listDone, listRaised } from './undo-list-over.js';

/** The nine kinds of node. */
const nodeKinds: { readonly [K in Node['kind']]: NodeKind<Extract<Node, { kind: K }>> } = {
  seq,
  par,
  pick,
  loop,
  scope,
  ask,
  calc,
  tell,
  raise,
};

/** Takes one step of the flow. */
export function step(moment: Moment, signal: Signal): Moment {
  const { place } = signal;
  if (signal.kind === 'enter') return kindOf(place).enter(moment, place);
  if (signal.kind === 'resume') return resumeInside(moment, place, signal.from);
  const parent = parentOf(place);
  switch (signal.kind) {
    case 'done':
      if (parent === undefined && place.site.undoes !== undefined) return listDone(moment, place);
      return parent === undefined ? complete(moment) : kindOf(parent).childDone(moment, parent, place);
    case 'leave':
      if (parent === undefined && place.site.undoes !== undefined) return listRaised(moment, signal.origin);
      return parent === undefined
        ? uncaught(moment, signal.origin)
        : kindOf(parent).childRaised(moment, parent, place, signal.origin);
  }
}

function kindOf(place: Place): NodeKind<Node> {
  return nodeKinds[place.site.node.kind] as NodeKind<Node>;
}
