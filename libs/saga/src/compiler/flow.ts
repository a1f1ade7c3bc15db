import type { Cursor } from '../document/cursor.js';
import type { Place, VisibleStep } from '../expression/place.js';
import { classesOf, withClasses } from '../expression/field-classes.js';
import { ANY, ANY_OR_NOTHING, type StaticType } from '../expression/static-type.js';
import type { Node } from '../node.js';

/** On which side of the pivot a place stands. */
export type PivotSide = 'before' | 'behind' | 'either';

/** What is known where a block begins: which blocks have run, and whether the pivot has. */
export interface Flow {
  readonly names: ReadonlyMap<string, VisibleStep>;
  readonly pivot: PivotSide;
  /** Variables of the loops around this place. */
  readonly locals?: ReadonlyMap<string, StaticType>;
  /** Inside a handler: `failure` can be read. */
  readonly isHandling: boolean;
  /** The block around this place in which no pivot may stand, if any, and why. */
  readonly noPivotIn?: string;
  /** What can be mentioned here beside the usual: the event at hand, facts, what is undone. */
  readonly roots?: Place['roots'];
  /** Facts that were asked for around this place. */
  readonly facts?: Place['facts'];
  /** Inside blocks that undo something: the block that is undone. */
  readonly undoing?: string;
  /** How the outputs of blocks are classed, wherever they stand. */
  readonly classed?: ReadonlyMap<string, StaticType>;
  /** The innermost named block around this place. */
  readonly inside: string;
}

/** A block that expressions can mention. */
export interface NamedBlock {
  readonly name: string;
  readonly more?: VisibleStep['more'];
}

/** An error that may come out of a block. */
export interface Raised {
  readonly error: string;
  /** `unnamed`: a participant without a contract may refuse in any words. */
  readonly kind: 'business' | 'engine' | 'unnamed';
  readonly pivot: PivotSide;
  readonly block: string;
  readonly cursor: Cursor;
  /** Why it can come although everything succeeds, so that behind the pivot nothing but a handler helps; absent where that is not so. */
  readonly cause?: string;
}

/** What the compiler makes of a block or of a list of blocks. */
export interface Compiled {
  readonly node: Node;
  /** What is known behind it; `undefined` when nothing behind it is ever reached. */
  readonly after: Flow | undefined;
  readonly raises: readonly Raised[];
  /** Is there something in it that a compensation would undo? */
  readonly isUndoable: boolean;
  /** Of a list: the name of its last block, if that can be mentioned. */
  readonly last?: string;
}

/** What is known where several ways meet. */
export function joined(flows: readonly (Flow | undefined)[]): Flow | undefined {
  const reached = flows.filter((flow) => flow !== undefined);
  const first = reached[0];
  if (first === undefined) return undefined;
  const names = new Map<string, VisibleStep>();
  for (const name of new Set(reached.flatMap((flow) => [...flow.names.keys()]))) {
    const steps = reached.map((flow) => flow.names.get(name));
    const known = steps.filter((step) => step !== undefined);
    const output = known.map((step) => step.output).reduce(commonOutput);
    const isSure = steps.every((step) => step?.isSure === true);
    names.set(name, { output, isSure, ...commonMore(known) });
  }
  return { ...first, names, pivot: joinedPivot(reached.map(({ pivot }) => pivot)) };
}

function commonOutput(left: StaticType, right: StaticType): StaticType {
  if (left === right) return left;
  const common = left.kind === 'optional' || right.kind === 'optional' ? ANY_OR_NOTHING : ANY;
  return withClasses(common, [...classesOf(left), ...classesOf(right)]);
}

/** What not every way has is optional. */
function commonMore(steps: readonly VisibleStep[]): Pick<VisibleStep, 'more'> {
  const all = steps.flatMap(({ more }) => (more === undefined ? [] : [more]));
  const [first] = all;
  if (first === undefined) return {};
  const isEverywhere = all.length === steps.length && all.every((more) => more === first);
  return {
    more: isEverywhere ? first : (Object.assign({}, ...all.map(optionalFields)) as VisibleStep['more'] & {}),
  };
}

/** The fields of a result that are there only perhaps. */
function optionalFields(more: NonNullable<VisibleStep['more']>): NonNullable<VisibleStep['more']> {
  return Object.fromEntries(
    Object.entries(more).map(([name, type]) => [
      name,
      type.kind === 'optional' ? type : ({ kind: 'optional', of: type } as const),
    ]),
  );
}

/** The side of the pivot where several ways meet. */
export function joinedPivot(sides: readonly PivotSide[]): PivotSide {
  const first = sides[0] ?? 'before';
  return sides.every((side) => side === first) ? first : 'either';
}

/** The same place, with one more block behind it. */
export function withName(flow: Flow, name: string, output: StaticType, isSure = true): Flow {
  return withStep(flow, name, { output, isSure });
}

/** The same place, with one more block behind it, of which something is known. */
export function withStep(flow: Flow, name: string, step: VisibleStep): Flow {
  return { ...flow, names: new Map(flow.names).set(name, step) };
}

/** The same place, with blocks of which it is not known whether they have run. */
export function withUnsureNames(flow: Flow, names: Iterable<NamedBlock>): Flow {
  const all = new Map(flow.names);
  for (const [name, step] of unsure(names))
    if (!all.has(name)) all.set(name, { ...step, output: flow.classed?.get(name) ?? step.output });
  return { ...flow, names: all };
}

/** Blocks of which it is not known whether they have run. */
export function unsure(names: Iterable<NamedBlock>): ReadonlyMap<string, VisibleStep> {
  return new Map(
    [...names].map(({ name, more }) => [
      name,
      { output: ANY, isSure: false, ...(more && { more: optionalFields(more) }) },
    ]),
  );
}
