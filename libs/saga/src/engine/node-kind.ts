import type { Node } from '../node.js';
import type { Place } from './chart.js';
import { next, type Moment } from './moment.js';

/** What the engine does with one kind of node. */
export interface NodeKind<N extends Node> {
  /** The node begins. */
  readonly enter: (moment: Moment, place: Place<N>) => Moment;
  /** One of its children is done. */
  readonly childDone: (moment: Moment, place: Place<N>, child: Place) => Moment;
  /** What was raised at `origin` left one of its children. */
  readonly childRaised: (moment: Moment, place: Place<N>, child: Place, origin: string) => Moment;
}

/** A kind of node without children. */
export function leaf<N extends Node>(enter: NodeKind<N>['enter']): NodeKind<N> {
  return { enter, childDone: (moment) => moment, childRaised: (moment) => moment };
}

/** What was raised at `origin` leaves the node at `place`, too. */
export function outwards(moment: Moment, place: Place, _child: Place, origin: string): Moment {
  return next(moment, { kind: 'leave', place, origin });
}
