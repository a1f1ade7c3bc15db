import type { Effect, OpenEffect } from '../effect.js';
import type { AnswerInput, SagaInput } from '../input.js';
import type { Instant } from '../json.js';
import type { Node } from '../node.js';
import type { Program } from '../program.js';
import { nextDue } from '../turn.js';
import type { advance as realAdvance } from './advance.js';
import { chartOf } from './chart.js';
import type { EngineState } from './engine-state.js';
import {
  complete,
  deliver,
  newParticipants,
  type Participants,
  type Reply,
  type Whim,
} from './simulated-participants.js';

/** How the world behaves towards a saga. Everything in it follows from `seed`. */
export interface World {
  readonly seed: number;
  /** Shares of messages that are lost, doubled, and held up for seconds. */
  readonly lost: number;
  readonly doubled: number;
  readonly late: number;
  /** Share of commands that are not simply carried out. */
  readonly unwilling: number;
  /** From here nothing is lost or late any more, and participants are willing. */
  readonly calmAfterMs: number;
  /** Whether somebody looks after incidents, and when somebody cancels the saga. */
  readonly isAttended: boolean;
  readonly cancelAfterMs: number | null;
}

/** One input and what it did. */
export interface Turned {
  readonly input: SagaInput;
  readonly before: EngineState | undefined;
  readonly after: EngineState;
  readonly effects: readonly Effect[];
}

/** Everything that happened to one saga until nothing could happen any more. */
export interface Run {
  readonly program: Program;
  readonly turns: readonly Turned[];
  readonly participants: Participants;
  /** Whether it came to rest before patience ran out. */
  readonly isAtRest: boolean;
}

type Event =
  | { readonly kind: 'message'; readonly at: Instant; readonly message: OpenEffect }
  | { readonly kind: 'completion'; readonly at: Instant; readonly message: OpenEffect }
  | { readonly kind: 'input'; readonly at: Instant; readonly input: SagaInput }
  | { readonly kind: 'operator'; readonly at: Instant };

const startedAt = 1_000_000;
const patience = 4_000;

/** Runs a saga to its rest. Every answer is folded twice in a row: the second time it must change nothing. */
export function simulate(program: Program, world: World, advance: typeof realAdvance): Run {
  const draw = drawsFrom(world.seed);
  const participants = newParticipants();
  const turns: Turned[] = [];
  let events: readonly Event[] = [];
  let state: EngineState | undefined;
  let now = startedAt;
  let interventions = 0;

  const isCalm = (): boolean => now > startedAt + world.calmAfterMs;
  const plan = (...planned: readonly Event[]): void => {
    events = [...events, ...planned].toSorted((one, other) => one.at - other.at);
  };
  const travel = (event: (at: Instant) => Event): void => {
    if (isCalm()) return plan(event(now + 5));
    if (draw() < world.lost) return;
    const arrival = (): Instant => now + (draw() < world.late ? 500 + draw() * 9_000 : 5 + draw() * 50);
    plan(event(Math.round(arrival())));
    if (draw() < world.doubled) plan(event(Math.round(arrival())));
  };
  const whim = (): Whim =>
    isCalm() || draw() >= world.unwilling ? 'succeed' : whims[Math.floor(draw() * whims.length)]!;
  const fold = (input: SagaInput): void => {
    const before = state;
    const turn = advance(program, before, input);
    state = turn.state as EngineState;
    turns.push({ input, before, after: state, effects: turn.effects });
    for (const effect of turn.effects) {
      if (effect.kind === 'open') travel((at) => ({ kind: 'message', at, message: effect }));
      if (effect.kind === 'incident' && effect.open && world.isAttended)
        plan({ kind: 'operator', at: now + 3_000 });
    }
  };
  const reply = (message: OpenEffect, said: Reply): void => {
    const { operation, attempt } = message;
    travel((at) => ({
      kind: 'input',
      at,
      input: { kind: 'answer', now: at, operation, attempt, data: null, ...said } as AnswerInput,
    }));
  };
  const happen = (event: Event): void => {
    switch (event.kind) {
      case 'message': {
        const said = deliver(participants, event.message, isQuery(program, event.message), whim);
        if (said.outcome === 'accepted')
          plan({ kind: 'completion', at: now + Math.round(draw() * 8_000), message: event.message });
        return reply(event.message, said);
      }
      case 'completion': {
        const said = complete(participants, event.message, whim());
        return said === undefined ? undefined : reply(event.message, said);
      }
      case 'input':
        fold(event.input);
        return event.input.kind === 'answer' ? fold(event.input) : undefined;
      case 'operator':
        return intervene();
    }
  };
  const intervene = (): void => {
    const open = Object.values(state!.incidents);
    if (open.length === 0) return;
    const incident = open[Math.floor(draw() * open.length)]!;
    interventions += 1;
    const action =
      interventions > 12 || draw() < 0.3
        ? ({ kind: 'skip', block: incident.block, output: null } as const)
        : ({ kind: 'retry', block: incident.block } as const);
    fold({ kind: 'action', now, by: 'ann', action });
    if (Object.keys(state!.incidents).length > 0) plan({ kind: 'operator', at: now + 3_000 });
  };

  if (world.cancelAfterMs !== null) {
    const at = startedAt + world.cancelAfterMs;
    plan({ kind: 'input', at, input: { kind: 'action', now: at, by: 'ann', action: { kind: 'cancel' } } });
  }
  fold({
    kind: 'start',
    now,
    input: { id: 'K1' },
    toggles: {},
    facts: { id: `saga-${world.seed}`, key: 'K1', definition: 'random', version: 1, startedAt, hops: 0 },
  });
  while (turns.length < patience) {
    const due = nextDue(state!);
    const [event] = events;
    if (event === undefined && due === undefined) return { program, turns, participants, isAtRest: true };
    if (event === undefined || (due !== undefined && due <= event.at)) {
      now = Math.max(now, due!);
      fold({ kind: 'due', now });
    } else {
      now = event.at;
      events = events.slice(1);
      happen(event);
    }
  }
  return { program, turns, participants, isAtRest: false };
}

const whims: readonly Whim[] = ['reject', 'reject', 'fail', 'fail', 'fail', 'accept', 'accept', 'too-old'];

function isQuery(program: Program, { block }: OpenEffect): boolean {
  return !chartOf(program).asks.get(block)!.node.effect;
}

/** Numbers between 0 and 1 that follow from a seed (mulberry32). */
function drawsFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

/** Every node of a tree. */
export function nodesOf(node: Node): readonly Node[] {
  const inside = (children: readonly (Node | undefined)[]): readonly Node[] => [
    node,
    ...children.flatMap((child) => (child === undefined ? [] : nodesOf(child))),
  ];
  switch (node.kind) {
    case 'seq':
      return inside(node.children);
    case 'par':
      return inside(node.legs.map(({ child }) => child));
    case 'pick':
      return inside([...node.cases.map(({ child }) => child), node.otherwise]);
    case 'loop':
      return inside([node.child]);
    case 'scope':
      return inside([node.child, ...Object.values(node.handlers).map(({ child }) => child)]);
    case 'ask':
    case 'calc':
    case 'tell':
    case 'raise':
      return [node];
  }
}
