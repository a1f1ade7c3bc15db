import fc from 'fast-check';
import type { CommandAsk, Handler, ParNode } from '../src/node.js';

/** The toggle of every random program. */
export const TOGGLE = 'tried';

/** What a random tree is made of, before names are given and steps are put on one side of the pivot. */
export type Shape =
  | { readonly kind: 'step'; readonly step: StepShape }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'lock' | 'child' }
  | { readonly kind: 'calc' | 'tell'; readonly isInvalid: boolean }
  | { readonly kind: 'raise'; readonly signal: 'error' | 'end' | 'undo-all' }
  | { readonly kind: 'seq'; readonly children: readonly Shape[] }
  | { readonly kind: 'par'; readonly legs: readonly Shape[]; readonly policy: JoinShape }
  | {
      readonly kind: 'items';
      readonly child: Shape;
      readonly count: number;
      readonly concurrency: number | null;
      readonly timeoutMs: number | null;
      readonly policy: JoinShape;
    }
  | { readonly kind: 'pick'; readonly guard: Guard; readonly first: Shape; readonly otherwise: Shape | null }
  | { readonly kind: 'loop'; readonly child: Shape; readonly max: number; readonly isEndless: boolean }
  | {
      readonly kind: 'scope';
      readonly child: Shape;
      readonly timeoutMs: number | null;
      readonly isToggled: boolean;
      readonly handlers: readonly HandlerShape[];
    };

/** When the first way of a choice is taken; `invalid`: it cannot be said. */
export type Guard = 'always' | 'never' | 'parity' | 'invalid';

/** When a join goes on, and what becomes of legs that do not count. */
export interface JoinShape {
  readonly join: ParNode['join'];
  readonly tolerate: number;
  readonly failFast: boolean;
  readonly rest: 'stop' | 'finish';
}

/** A step before it has a name. */
export interface StepShape {
  readonly flavour: 'compensable' | 'plain' | 'query' | 'pivot';
  readonly attempts: number;
  readonly isVerified: boolean;
  readonly ifUnknown: CommandAsk['ifUnknown'];
  readonly mapsUndo: boolean;
  /** An event has to confirm what it does; of a query: its answers may be too old. */
  readonly isDoubted: boolean;
}

/** A handler before its blocks have names. */
export interface HandlerShape {
  readonly error: string;
  readonly then: Handler['then'];
  readonly undo: boolean;
  readonly child: Shape | null;
}

/** How many composites are on the way from the root to every leaf. */
const leastDepth = 4;

const stepShape: fc.Arbitrary<StepShape> = fc.record({
  flavour: fc.oneof(
    { weight: 7, arbitrary: fc.constant('compensable' as const) },
    { weight: 1, arbitrary: fc.constant('plain' as const) },
    { weight: 1, arbitrary: fc.constant('query' as const) },
    { weight: 2, arbitrary: fc.constant('pivot' as const) },
  ),
  attempts: fc.integer({ min: 1, max: 3 }),
  isVerified: fc.boolean(),
  ifUnknown: fc.constantFrom('verify', 'verify', 'retry', 'wait', 'undo', 'incident'),
  mapsUndo: fc.boolean(),
  isDoubted: oneIn(4),
});

const joinShape = fc.oneof<fc.MaybeWeightedArbitrary<JoinShape>[]>(
  {
    weight: 4,
    arbitrary: fc.constant({ join: 'all', tolerate: 0, failFast: false, rest: 'stop' } as const),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      join: fc.constantFrom<ParNode['join']>('all', 'all', 'any', 2),
      tolerate: fc.integer({ min: 0, max: 1 }),
      failFast: oneIn(4),
      rest: fc.constantFrom<JoinShape['rest']>('stop', 'finish'),
    }),
  },
);

const leaf: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('step' as const), step: stepShape }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('lock', 'child') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('calc', 'tell'), isInvalid: oneIn(8) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('raise' as const),
      signal: fc.constantFrom('error', 'error', 'end', 'undo-all'),
    }),
  },
);

/** What a random program is made of. */
export interface ProgramShape {
  readonly child: Shape;
  readonly handlers: readonly HandlerShape[];
  readonly timeoutMs: number;
  readonly forwardOnly: boolean;
}

/** A random tree: every path from root to leaf has at least four composites, all nine kinds occur. */
export const anyShape: fc.Arbitrary<ProgramShape> = fc.record({
  child: shapeAt(leastDepth),
  handlers: handlersAt(1),
  timeoutMs: fc.constantFrom(20_000, 600_000),
  forwardOnly: oneIn(12),
});

function shapeAt(depth: number): fc.Arbitrary<Shape> {
  if (depth === 0) return leaf;
  const child =
    depth === leastDepth
      ? shapeAt(depth - 1)
      : fc.oneof(
          { weight: 4, arbitrary: shapeAt(depth - 1) },
          { weight: 1, arbitrary: shapeAt(Math.max(0, depth - 1)) },
        );
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('seq' as const),
        children: fc.array(child, { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('par' as const),
        legs: fc.array(child, { minLength: 2, maxLength: 3 }),
        policy: joinShape,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('items' as const),
        child,
        count: fc.integer({ min: 0, max: 3 }),
        concurrency: fc.option(fc.integer({ min: 1, max: 2 })),
        timeoutMs: fc.option(fc.constantFrom(1_500, 8_000), { freq: 3 }),
        policy: joinShape,
      }),
    },
    { weight: 1, arbitrary: pickOf(child) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('loop' as const),
        child,
        max: fc.integer({ min: 1, max: 2 }),
        isEndless: oneIn(3),
      }),
    },
    { weight: 4, arbitrary: scopeOf(child, depth) },
  );
}

function pickOf(child: fc.Arbitrary<Shape>): fc.Arbitrary<Shape> {
  return fc.record<Shape & { readonly kind: 'pick' }>({
    kind: fc.constant('pick' as const),
    guard: fc.constantFrom<Guard>('always', 'always', 'parity', 'never', 'invalid'),
    first: child,
    otherwise: fc.option(child, { nil: null }),
  });
}

function scopeOf(child: fc.Arbitrary<Shape>, depth: number): fc.Arbitrary<Shape> {
  const timeoutMs = fc.option(fc.constantFrom(1_500, 8_000), { freq: 3 });
  return fc.record({
    kind: fc.constant('scope' as const),
    child,
    timeoutMs,
    isToggled: oneIn(5),
    handlers: handlersAt(depth - 1),
  });
}

function handlersAt(depth: number): fc.Arbitrary<readonly HandlerShape[]> {
  const handler = fc.record({
    error: fc.constantFrom(
      'rejected',
      'refused-a',
      'failed',
      'unknown',
      'timed-out',
      'invalid',
      'own-error',
      'switched-off',
    ),
    then: fc.constantFrom<Handler['then']>(
      'continue',
      'continue',
      'retry',
      'retry',
      'compensate',
      'incident',
    ),
    undo: fc.boolean(),
    child: fc.option(depth > 1 ? fc.oneof(leaf, shapeAt(1)) : leaf, { freq: 2 }),
  });
  return fc.uniqueArray(handler, { maxLength: 3, selector: ({ error }) => error });
}

function oneIn(count: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 1, max: count }).map((drawn) => drawn === count);
}
