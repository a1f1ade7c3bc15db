import fc from 'fast-check';
import { ExpressionError } from '../expression/expression-error.js';
import type { CommandAsk, Handler, Node, ScopeNode } from '../node.js';
import type { Program } from '../program.js';
import type { Values } from '../scope-values.js';

/** What a random tree is made of, before names are given and steps are put on one side of the pivot. */
type Shape =
  | { readonly kind: 'step'; readonly step: StepShape }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'calc' | 'tell'; readonly isInvalid: boolean }
  | { readonly kind: 'raise'; readonly signal: 'error' | 'end' | 'undo-all' }
  | { readonly kind: 'seq'; readonly children: readonly Shape[] }
  | { readonly kind: 'par'; readonly legs: readonly Shape[] }
  | { readonly kind: 'pick'; readonly guard: Guard; readonly first: Shape; readonly otherwise: Shape | null }
  | { readonly kind: 'loop'; readonly child: Shape; readonly max: number; readonly isEndless: boolean }
  | {
      readonly kind: 'scope';
      readonly child: Shape;
      readonly timeoutMs: number | null;
      readonly handlers: readonly HandlerShape[];
    };

type Guard = 'always' | 'never' | 'parity' | 'invalid';

interface StepShape {
  readonly flavour: 'compensable' | 'plain' | 'query' | 'pivot';
  readonly attempts: number;
  readonly isVerified: boolean;
  readonly ifUnknown: CommandAsk['ifUnknown'];
  readonly mapsUndo: boolean;
}

interface HandlerShape {
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
});

const leaf: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant('step' as const), step: stepShape }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 4_000 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('calc', 'tell'), isInvalid: oneIn(8) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('raise' as const),
      signal: fc.constantFrom('error', 'error', 'end', 'undo-all'),
    }),
  },
);

/** A random program: every path from root to leaf has at least four composites, all nine kinds occur. */
export const anyProgram: fc.Arbitrary<Program> = fc
  .record({
    child: shapeAt(leastDepth),
    timeoutMs: fc.constantFrom(20_000, 600_000),
    forwardOnly: oneIn(12),
    handlers: handlersAt(1),
  })
  .map(({ child, timeoutMs, forwardOnly, handlers }) => programOf(child, handlers, timeoutMs, forwardOnly));

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
    handlers: handlersAt(depth - 1),
  });
}

function handlersAt(depth: number): fc.Arbitrary<readonly HandlerShape[]> {
  const handler = fc.record({
    error: fc.constantFrom('rejected', 'refused-a', 'failed', 'unknown', 'timed-out', 'invalid', 'own-error'),
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

/** What is known where a node is built. */
interface Surroundings {
  /** A pivot may stand here: outside legs, loops and handlers, and only one. */
  readonly mayPivot: boolean;
  /** Every way that leads here has passed the pivot. */
  readonly isBehind: boolean;
}

interface Built {
  readonly node: Node;
  readonly around: Surroundings;
}

type Namer = (kind: string) => string;

function programOf(
  child: Shape,
  handlers: readonly HandlerShape[],
  timeoutMs: number,
  forwardOnly: boolean,
): Program {
  let count = 0;
  const name: Namer = (kind) => `${kind}${(count += 1)}`;
  const body = build(child, { mayPivot: !forwardOnly, isBehind: forwardOnly }, name);
  const root: ScopeNode = {
    kind: 'scope',
    id: 'saga',
    child: body.node,
    handlers: buildHandlers(handlers, name),
  };
  return {
    definition: 'random',
    version: 1,
    key: () => 'K1',
    keyReuse: 'never',
    root,
    timeoutMs,
    forwardOnly,
    outcomes: { completed: { event: 'random.completed', data: () => null } },
    triggers: [],
    inputProblems: () => [],
    calls: [],
    emits: [],
  };
}

function build(shape: Shape, around: Surroundings, name: Namer): Built {
  switch (shape.kind) {
    case 'step':
      return buildStep(shape.step, around, name('step'));
    case 'wait': {
      const id = name('wait');
      return { node: { kind: 'ask', channel: 'time', id, block: id, wait: { forMs: shape.ms } }, around };
    }
    case 'calc': {
      const id = name('calc');
      return {
        node: { kind: 'calc', id, block: id, value: shape.isInvalid ? invalid : ({ now }) => now },
        around,
      };
    }
    case 'tell': {
      const id = name('tell');
      return {
        node: {
          kind: 'tell',
          id,
          block: id,
          event: 'random.told',
          data: shape.isInvalid ? invalid : () => null,
        },
        around,
      };
    }
    case 'raise':
      return { node: buildRaise(shape.signal, name('raise')), around };
    case 'seq':
      return buildSeq(shape.children, around, name);
    case 'par': {
      const id = name('par');
      const legs = shape.legs.map((leg, index) => ({
        name: `leg${index}`,
        child: build(leg, closed(around), name).node,
      }));
      return { node: { kind: 'par', id, block: id, join: 'all', legs }, around };
    }
    case 'pick':
      return buildPick(shape, around, name);
    case 'loop': {
      const id = name('loop');
      const child = build(shape.child, closed(around), name).node;
      return {
        node: { kind: 'loop', id, block: id, child, max: shape.max, until: () => !shape.isEndless },
        around,
      };
    }
    case 'scope': {
      const id = name('scope');
      const body = build(shape.child, around, name);
      const handlers = buildHandlers(shape.handlers, name);
      const timeout = shape.timeoutMs === null ? {} : { timeoutMs: shape.timeoutMs };
      // A handler may go on without the pivot that stands inside.
      const isBehind = around.isBehind || (body.around.isBehind && shape.handlers.length === 0);
      return {
        node: { kind: 'scope', id, block: id, child: body.node, handlers, ...timeout },
        around: { mayPivot: body.around.mayPivot, isBehind },
      };
    }
  }
}

function buildStep(shape: StepShape, around: Surroundings, id: string): Built {
  const isPivot = shape.flavour === 'pivot' && around.mayPivot;
  const isUndoable =
    !around.isBehind && !isPivot && (shape.flavour === 'compensable' || shape.flavour === 'pivot');
  const retry = { attempts: shape.attempts, delayMs: 100, factor: 2, maxDelayMs: 1_000, jitter: 0.5 };
  const timeout = { afterMs: 1_000, acceptedMs: 5_000 };
  const undo = { call: `undo.${id}`, retry: { ...retry, attempts: 3 }, timeout };
  const node: CommandAsk = {
    kind: 'ask',
    channel: 'command',
    id,
    block: id,
    call: `do.${id}`,
    data: ({ input, now }) => (shape.mapsUndo ? { at: now } : input),
    effect: shape.flavour !== 'query',
    pivot: isPivot,
    retry: around.isBehind ? { ...retry, attempts: 'forever' } : retry,
    timeout,
    ifUnknown: shape.ifUnknown === 'verify' && !shape.isVerified ? 'retry' : shape.ifUnknown,
    ...(shape.isVerified && { verify: { call: `verify.${id}` } }),
    ...(isUndoable && { undo: shape.mapsUndo ? { ...undo, data: undoData } : undo }),
  };
  return { node, around: isPivot ? { mayPivot: false, isBehind: true } : around };
}

function buildSeq(shapes: readonly Shape[], around: Surroundings, name: Namer): Built {
  const id = name('seq');
  const children: Node[] = [];
  let here = around;
  for (const shape of shapes) {
    const built = build(shape, here, name);
    children.push(built.node);
    here = built.around;
  }
  return { node: { kind: 'seq', id, children }, around: here };
}

function buildPick(shape: Shape & { readonly kind: 'pick' }, around: Surroundings, name: Namer): Built {
  const id = name('pick');
  const first = build(shape.first, around, name);
  const otherwise =
    shape.otherwise === null
      ? undefined
      : build(shape.otherwise, first.around.mayPivot ? around : closed(around), name);
  return {
    node: {
      kind: 'pick',
      id,
      block: id,
      cases: [{ name: 'first', if: guards[shape.guard], child: first.node }],
      ...(otherwise && { otherwise: otherwise.node }),
    },
    around: {
      mayPivot: first.around.mayPivot && (otherwise?.around.mayPivot ?? true),
      isBehind: around.isBehind,
    },
  };
}

function buildHandlers(shapes: readonly HandlerShape[], name: Namer): ScopeNode['handlers'] {
  const entries = shapes.map(({ error, then, undo, child }) => {
    const built =
      child === null ? {} : { child: build(child, { mayPivot: false, isBehind: false }, name).node };
    return [
      error,
      { path: `random.${error}`, then, undo, times: 2, output: () => 'handled', ...built },
    ] as const;
  });
  return Object.fromEntries(entries);
}

function buildRaise(signal: 'error' | 'end' | 'undo-all', id: string): Node {
  switch (signal) {
    case 'error':
      return { kind: 'raise', id, block: id, signal: { kind: 'error', error: 'own-error' } };
    case 'end':
      return { kind: 'raise', id, block: id, signal: { kind: 'end', result: 'ended' } };
    case 'undo-all':
      return { kind: 'raise', id, block: id, signal: { kind: 'undo-all' } };
  }
}

const guards: Readonly<Record<Guard, (values: Values) => boolean>> = {
  always: () => true,
  never: () => false,
  parity: ({ steps }) => Object.keys(steps).length % 2 === 0,
  invalid,
};

/** Differs whenever it is evaluated: a message that is repeated must not be made anew. */
function undoData({ self, now, failure }: Values): { readonly at: number; readonly why: string } {
  if (self === undefined) throw new ExpressionError('there is no self');
  return { at: now, why: failure?.error ?? 'none' };
}

function invalid(): never {
  throw new ExpressionError('the value is not there');
}

function closed(around: Surroundings): Surroundings {
  return { ...around, mayPivot: false };
}
