import type { AwaitEffect, Effect, OpenEffect, ReleaseEffect } from '../src/effect.js';
import type { SagaInput } from '../src/input.js';
import type { Instant } from '../src/json.js';
import type { CommandAsk } from '../src/node.js';
import type { Program } from '../src/program.js';
import { nextDue } from '../src/turn.js';
import type { advance as realAdvance } from '../src/engine/advance.js';
import { chartOf } from '../src/engine/chart.js';
import type { EngineState } from '../src/engine/engine-state.js';
import { TOGGLE } from './random-shape.js';
import { hearAfter, hearFor, newOutsiders, type Outsiders } from './simulated-outside.js';
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
  /** Share of commands that the broker refuses for good. */
  readonly unsendable: number;
  /** Share of commands that are not simply carried out. */
  readonly unwilling: number;
  /** From here nothing is lost or late any more, and participants are willing. */
  readonly calmAfterMs: number;
  /** Whether somebody looks after incidents, and when somebody cancels the saga. */
  readonly isAttended: boolean;
  readonly cancelAfterMs: number | null;
  /** Whether the toggle of the program is on at first, and when somebody switches it, for three seconds. */
  readonly isOn: boolean;
  readonly switchAfterMs: number | null;
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
  readonly outsiders: Outsiders;
  /** Whether it came to rest before patience ran out. */
  readonly isAtRest: boolean;
}

type Event =
  | { readonly kind: 'message'; readonly at: Instant; readonly message: OpenEffect }
  | { readonly kind: 'completion'; readonly at: Instant; readonly message: OpenEffect }
  | { readonly kind: 'input'; readonly at: Instant; readonly input: SagaInput }
  | { readonly kind: 'operator'; readonly at: Instant };

/** A run in the making: the one thing here that changes. */
interface Simulation {
  readonly program: Program;
  readonly world: World;
  readonly advance: typeof realAdvance;
  readonly draw: () => number;
  readonly participants: Participants;
  readonly outsiders: Outsiders;
  readonly turns: Turned[];
  state: EngineState | undefined;
  events: readonly Event[];
  now: Instant;
  interventions: number;
}

const startedAt = 1_000_000;
const patience = 4_000;

/** Runs a saga to its rest. Every answer is folded twice in a row: the second time it must change nothing. */
export function simulate(program: Program, world: World, advance: typeof realAdvance): Run {
  const simulation = begin(program, world, advance);
  while (simulation.turns.length < patience && happens(simulation)) continue;
  const { turns, participants, outsiders } = simulation;
  return { program, turns, participants, outsiders, isAtRest: turns.length < patience };
}

function begin(program: Program, world: World, advance: typeof realAdvance): Simulation {
  const simulation: Simulation = {
    program,
    world,
    advance,
    draw: drawsFrom(world.seed),
    participants: newParticipants(),
    outsiders: newOutsiders(),
    turns: [],
    state: undefined,
    events: [],
    now: startedAt,
    interventions: 0,
  };
  if (world.cancelAfterMs !== null) {
    const now = startedAt + world.cancelAfterMs;
    plan(simulation, {
      kind: 'input',
      at: now,
      input: { kind: 'action', now, by: 'ann', action: { kind: 'cancel' } },
    });
  }
  if (world.switchAfterMs !== null) {
    const at = startedAt + world.switchAfterMs;
    for (const [now, on] of [[at, !world.isOn] as const, [at + 3_000, world.isOn] as const])
      plan(simulation, { kind: 'input', at: now, input: { kind: 'switched', now, toggle: TOGGLE, on } });
  }
  const facts = { id: `saga-${world.seed}`, key: 'K1', definition: 'random', version: 1, startedAt, hops: 0 };
  fold(simulation, {
    kind: 'start',
    now: startedAt,
    input: { id: 'K1' },
    toggles: { [TOGGLE]: world.isOn },
    facts,
  });
  return simulation;
}

/** Lets the next thing happen, if there is one: a timer, a message on its way, or a person. */
function happens(simulation: Simulation): boolean {
  const due = nextDue(simulation.state!);
  const [event] = simulation.events;
  if (event === undefined && due === undefined) return false;
  if (event === undefined || (due !== undefined && due <= event.at)) {
    simulation.now = Math.max(simulation.now, due!);
    fold(simulation, { kind: 'due', now: simulation.now });
    return true;
  }
  simulation.now = event.at;
  simulation.events = simulation.events.slice(1);
  happen(simulation, event);
  return true;
}

function happen(simulation: Simulation, event: Event): void {
  switch (event.kind) {
    case 'message':
      return arrive(simulation, event.message);
    case 'completion': {
      const said = complete(simulation.participants, event.message, whimOf(simulation));
      return said === undefined ? undefined : answer(simulation, event.message, said);
    }
    case 'input':
      fold(simulation, event.input);
      return event.input.kind === 'answer' || event.input.kind === 'heard'
        ? fold(simulation, event.input)
        : undefined;
    case 'operator':
      return intervene(simulation);
  }
}

function fold(simulation: Simulation, input: SagaInput): void {
  const { program, world, state: before, now } = simulation;
  const { state, effects } = simulation.advance(program, before, input);
  const after = state as EngineState;
  simulation.state = after;
  simulation.turns.push({ input, before, after, effects });
  for (const effect of effects) {
    if (effect.kind === 'open') submit(simulation, effect);
    if (effect.kind === 'await' || effect.kind === 'release') hear(simulation, effect);
    if (effect.kind === 'incident' && effect.open && world.isAttended) {
      plan(simulation, { kind: 'operator', at: now + 3_000 });
    }
  }
}

/** What is asked for outside comes, late or never again but surely. */
function hear(simulation: Simulation, effect: AwaitEffect | ReleaseEffect): void {
  const { outsiders, draw, now } = simulation;
  const coming =
    effect.kind === 'await'
      ? hearFor(outsiders, effect, draw, isCalm(simulation))
      : hearAfter(outsiders, effect, draw, isCalm(simulation));
  for (const { afterMs, ...heard } of coming) {
    const at = now + afterMs;
    plan(simulation, { kind: 'input', at, input: { kind: 'heard', now: at, ...heard } });
  }
}

/** Hands a command to the broker. */
function submit(simulation: Simulation, message: OpenEffect): void {
  const { world, draw, now } = simulation;
  if (isCalm(simulation) || draw() >= world.unsendable) {
    return travel(simulation, (at) => ({ kind: 'message', at, message }));
  }
  const { operation, attempt } = message;
  const input = { kind: 'not-sent', now: now + 1, operation, attempt, reason: 'too large' } as const;
  plan(simulation, { kind: 'input', at: now + 1, input });
}

function arrive(simulation: Simulation, message: OpenEffect): void {
  const { participants, program, draw, now } = simulation;
  const said = deliver(participants, message, isQuery(program, message), () => whimOf(simulation));
  if (said.outcome === 'accepted')
    plan(simulation, { kind: 'completion', at: now + Math.round(draw() * 8_000), message });
  answer(simulation, message, said);
}

/** What was done is seen by others, too; what is asked is sometimes answered with what was true long ago. */
function answer(simulation: Simulation, message: OpenEffect, said: Reply): void {
  const node = commandAt(simulation.program, message);
  if (said.outcome !== 'succeeded' || message.direction !== 'do') return reply(simulation, message, said);
  if (node?.confirm !== undefined) tellEvent(simulation, message, node.confirm.event.event);
  const isOld = node?.fresh !== undefined && !isCalm(simulation) && simulation.draw() < 0.4;
  reply(simulation, message, isOld ? { ...said, data: { age: 60_000 } } : said);
}

function tellEvent(simulation: Simulation, { operation }: OpenEffect, type: string): void {
  const id = operation.replace(/do$/, 'wait');
  const event = { id: operation, source: '/random', type, time: '2026-01-01T00:00:00Z' };
  travel(simulation, (now) => ({
    kind: 'input',
    at: now,
    input: { kind: 'heard', now, id, what: 'event', data: null, event },
  }));
}

function reply(simulation: Simulation, { operation, attempt }: OpenEffect, said: Reply): void {
  travel(simulation, (at) => ({
    kind: 'input',
    at,
    input: { kind: 'answer', now: at, operation, attempt, data: null, ...said },
  }));
}

/** Sends something over a network that loses, doubles and delays. */
function travel(simulation: Simulation, event: (at: Instant) => Event): void {
  const { world, draw, now } = simulation;
  if (isCalm(simulation)) return plan(simulation, event(now + 5));
  if (draw() < world.lost) return;
  const arrival = (): Instant =>
    Math.round(now + (draw() < world.late ? 500 + draw() * 9_000 : 5 + draw() * 50));
  plan(simulation, event(arrival()));
  if (draw() < world.doubled) plan(simulation, event(arrival()));
}

function plan(simulation: Simulation, event: Event): void {
  simulation.events = [...simulation.events, event].toSorted((one, other) => one.at - other.at);
}

/** A person looks at one of the open incidents. After a while they lose patience and skip whatever is left. */
function intervene(simulation: Simulation): void {
  const { draw, now } = simulation;
  const open = Object.values(simulation.state!.incidents);
  if (open.length === 0) return;
  simulation.interventions += 1;
  const { block } = open[Math.floor(draw() * open.length)]!;
  const isOver = simulation.interventions > 12 || draw() < 0.3;
  const action = isOver
    ? ({ kind: 'skip', block, output: null } as const)
    : ({ kind: 'retry', block } as const);
  fold(simulation, { kind: 'action', now, by: 'ann', action });
  if (Object.keys(simulation.state!.incidents).length > 0)
    plan(simulation, { kind: 'operator', at: now + 3_000 });
}

function whimOf(simulation: Simulation): Whim {
  const { world, draw } = simulation;
  if (isCalm(simulation) || draw() >= world.unwilling) return 'succeed';
  return whims[Math.floor(draw() * whims.length)]!;
}

function isCalm({ world, now }: Simulation): boolean {
  return now > startedAt + world.calmAfterMs;
}

const whims: readonly Whim[] = ['reject', 'reject', 'fail', 'fail', 'fail', 'accept', 'accept', 'too-old'];

function isQuery(program: Program, message: OpenEffect): boolean {
  return commandAt(program, message)?.effect === false;
}

function commandAt(program: Program, { block }: OpenEffect): CommandAsk | undefined {
  const { node } = chartOf(program).logged.get(block)!;
  return node.kind === 'ask' && node.channel === 'command' ? node : undefined;
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
