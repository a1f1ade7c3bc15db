import { ExpressionError } from '../src/expression/expression-error.js';
import type { CommandAsk, Node, ParNode, RaiseNode, ScopeNode } from '../src/node.js';
import type { Program } from '../src/program.js';
import type { Values } from '../src/scope-values.js';
import {
  TOGGLE,
  type Guard,
  type HandlerShape,
  type JoinShape,
  type ProgramShape,
  type Shape,
  type StepShape,
} from './random-shape.js';

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

/** The program of a random shape: names are counted, and every step is put on its side of the pivot. */
export function programOf({ child, handlers, timeoutMs, forwardOnly }: ProgramShape): Program {
  let count = 0;
  const name: Namer = (kind) => `${kind}${(count += 1)}`;
  const body = build(child, { mayPivot: !forwardOnly, isBehind: forwardOnly }, name);
  return {
    definition: 'random',
    version: 1,
    key: () => 'K1',
    keyReuse: 'never',
    root: { kind: 'scope', id: 'saga', child: body.node, handlers: buildHandlers(handlers, name) },
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
    case 'lock':
    case 'child':
      return { node: buildOutside(shape.kind, around, name(shape.kind)), around };
    case 'wait':
    case 'calc':
    case 'tell':
    case 'raise':
      return { node: buildLeaf(shape, name(shape.kind)), around };
    case 'seq':
      return buildSeq(shape.children, around, name);
    case 'par':
      return buildPar(shape, around, name);
    case 'items':
      return buildItems(shape, around, name);
    case 'pick':
      return buildPick(shape, around, name);
    case 'loop':
      return buildLoop(shape, around, name);
    case 'scope':
      return buildScope(shape, around, name);
  }
}

function buildLeaf(shape: Shape & { readonly kind: 'wait' | 'calc' | 'tell' | 'raise' }, id: string): Node {
  switch (shape.kind) {
    case 'wait':
      return { kind: 'ask', channel: 'time', id, block: id, wait: { forMs: shape.ms } };
    case 'calc':
      return { kind: 'calc', id, block: id, value: shape.isInvalid ? invalid : ({ now }) => now };
    case 'tell':
      return {
        kind: 'tell',
        id,
        block: id,
        event: 'random.told',
        data: shape.isInvalid ? invalid : () => null,
      };
    case 'raise':
      return { kind: 'raise', id, block: id, signal: signals[shape.signal] };
  }
}

function buildOutside(kind: 'lock' | 'child', { isBehind }: Surroundings, id: string): Node {
  const own = { kind: 'ask', id, block: id } as const;
  const undo = <Release extends 'lock' | 'saga'>(release: Release) => (isBehind ? {} : { undo: { release } });
  return kind === 'lock'
    ? { ...own, channel: 'lock', resource: () => id, leaseMs: 60_000, conflict: 'wait', ...undo('lock') }
    : {
        ...own,
        channel: 'saga',
        definition: 'child',
        key: () => null,
        input: ({ input }) => input,
        detached: false,
        ...undo('saga'),
      };
}

function buildPar(shape: Shape & { readonly kind: 'par' }, around: Surroundings, name: Namer): Built {
  const id = name('par');
  const legs = shape.legs.map((leg, index) => ({
    name: `leg${index}`,
    child: build(leg, closed(around), name).node,
  }));
  return { node: { kind: 'par', id, block: id, legs, ...policyOf(shape.policy) }, around };
}

function buildItems(shape: Shape & { readonly kind: 'items' }, around: Surroundings, name: Namer): Built {
  const id = name('items');
  const { count, concurrency, timeoutMs, policy } = shape;
  const child: ScopeNode = {
    kind: 'scope',
    id: name('item'),
    child: build(shape.child, closed(around), name).node,
    handlers: {},
    ...(timeoutMs !== null && { timeoutMs }),
    output: ({ locals }) => locals?.['item'] ?? null,
  };
  const items = {
    over: () => Array.from({ length: count }, (_, index) => `i${index}`),
    as: 'item',
    key: ({ locals }: Values) => locals?.['item'] ?? null,
    ...(concurrency !== null && { concurrency }),
    child,
  };
  return { node: { kind: 'par', id, block: id, legs: [], items, ...policyOf(policy) }, around };
}

function policyOf({
  join,
  tolerate,
  failFast,
  rest,
}: JoinShape): Pick<ParNode, 'join' | 'tolerate' | 'failFast' | 'rest'> {
  return { join, ...(join === 'all' && { tolerate }), failFast, rest };
}

function buildLoop(shape: Shape & { readonly kind: 'loop' }, around: Surroundings, name: Namer): Built {
  const id = name('loop');
  const child = build(shape.child, closed(around), name).node;
  return {
    node: { kind: 'loop', id, block: id, child, max: shape.max, until: () => !shape.isEndless },
    around,
  };
}

function buildScope(shape: Shape & { readonly kind: 'scope' }, around: Surroundings, name: Namer): Built {
  const id = name('scope');
  const body = build(shape.child, around, name);
  const handlers = buildHandlers(shape.handlers, name);
  const timeout = shape.timeoutMs === null ? {} : { timeoutMs: shape.timeoutMs };
  // A handler may go on without the pivot that stands inside.
  const isBehind = around.isBehind || (body.around.isBehind && shape.handlers.length === 0);
  const toggle = shape.isToggled ? { toggle: TOGGLE } : {};
  const node: ScopeNode = { kind: 'scope', id, block: id, child: body.node, handlers, ...timeout, ...toggle };
  return { node, around: { mayPivot: body.around.mayPivot, isBehind } };
}

/** Answers say by themselves how old they are. */
const fresh = {
  withinMs: 10_000,
  asOf: ({ data, now }: Values) => now - ((data as { readonly age?: number } | null)?.age ?? 0),
};

const confirmation = { event: { event: 'random.seen', key: () => 'K1' }, withinMs: 3_000 };

function buildStep(shape: StepShape, around: Surroundings, id: string): Built {
  const isPivot = shape.flavour === 'pivot' && around.mayPivot;
  const isUndoable =
    !around.isBehind && !isPivot && (shape.flavour === 'compensable' || shape.flavour === 'pivot');
  const retry = { attempts: shape.attempts, delayMs: 100, factor: 2, maxDelayMs: 1_000, jitter: 0.5 };
  const timeout = { afterMs: 1_000, acceptedMs: 5_000 };
  const undo = { call: `random.undo-${id}`, retry: { ...retry, attempts: 3 }, timeout };
  const node: CommandAsk = {
    kind: 'ask',
    channel: 'command',
    id,
    block: id,
    call: `random.do-${id}`,
    data: ({ input, now }) => (shape.mapsUndo ? { at: now } : input),
    effect: shape.flavour !== 'query',
    pivot: isPivot,
    retry: around.isBehind ? { ...retry, attempts: 'forever' } : retry,
    timeout,
    ifUnknown: shape.ifUnknown === 'verify' && !shape.isVerified ? 'retry' : shape.ifUnknown,
    ...(shape.isVerified && { verify: { call: `random.verify-${id}` } }),
    ...(shape.isDoubted && (shape.flavour === 'query' ? { fresh } : { confirm: confirmation })),
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

const signals: Readonly<Record<'error' | 'end' | 'undo-all', RaiseNode['signal']>> = {
  error: { kind: 'error', error: 'own-error' },
  end: { kind: 'end', result: 'ended' },
  'undo-all': { kind: 'undo-all' },
};

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
