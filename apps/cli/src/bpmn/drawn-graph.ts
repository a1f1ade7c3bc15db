import type { JsonObject } from '#libs/saga';
import type { SkaldExtension } from './skald-extension.js';

/** A way from one element to another. */
export interface DrawnWay {
  readonly to: string;
  /** What it is called; empty: nothing. */
  readonly name: string;
  readonly isDefault: boolean;
  /** When it is taken, in whatever words the modeller had for it; empty: nothing is said. */
  readonly condition: string;
}

/** What leaves an element because of an error or an event. */
export interface DrawnBoundary {
  readonly id: string;
  readonly kind: 'error' | 'event';
  readonly name: string;
  readonly to: string;
  /** It ends the activity. */
  readonly isInterrupting: boolean;
}

/** An element of a model that means something here. */
export interface DrawnNode {
  readonly id: string;
  /** Its kind in BPMN, such as `ServiceTask`. */
  readonly type: string;
  readonly name: string;
  /** What its event is about: `Error`, `Message`, `Timer`, `Compensate`, `Escalation`. */
  readonly event?: string;
  readonly said?: SkaldExtension;
  /** Its block as it is written; absent where somebody has drawn it by hand. */
  readonly block?: JsonObject;
  readonly ways: readonly DrawnWay[];
  readonly boundaries: readonly DrawnBoundary[];
  /** It is undone by an activity of its own. */
  readonly isUndone: boolean;
  /** How often a sub-process is done. */
  readonly times?: 'each' | 'again';
  readonly calls?: string;
  readonly inside?: DrawnGraph;
}

/** A process, or a sub-process. */
export interface DrawnGraph {
  /** The element it stands in. */
  readonly of: string;
  readonly nodes: ReadonlyMap<string, DrawnNode>;
  /** Sub-processes that begin with an error or an event, wherever the saga stands. */
  readonly outermost: readonly DrawnNode[];
}

/** Something about an element that keeps a model from being imported. */
export interface DrawnProblem {
  readonly id: string;
  readonly message: string;
}
