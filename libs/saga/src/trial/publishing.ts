import type { Contracts } from '../compiler/contracts.js';
import type { AwaitEffect, Effect, OpenEffect, ReleaseEffect } from '../effect.js';
import type { Instant, Json } from '../json.js';
import { operationParts } from '../operation-name.js';
import { exampleOf } from './example-value.js';
import {
  askedFact,
  eventsOf,
  heardByItself,
  heardInput,
  isSaidOnly,
  NOTHING_KNOWN,
  waitOf,
} from './heard-for.js';
import type { CommandMove, HeardMove, Move, SilentMove } from './move.js';
import { outsideOf } from './outside.js';
import { openTask, withdrawTask } from './played-tasks.js';
import { deliver, completeWork, type Delivered, type Delivery } from './played-participants.js';
import { declaredSource, hearsayOf, saidOfFact } from './said-of-fact.js';
import { itemAt, namesAt } from './script-reader.js';
import { plan, type Stage } from './stage.js';

/** Hands an effect to the outside. `isEcho`: it left before, and somebody crashed without knowing. */
export function publish(stage: Stage, effect: Effect, isEcho: boolean): void {
  if (effect.kind === 'open') plan(stage, stage.now, { kind: 'message', message: effect, isEcho });
  if (isEcho) return;
  stage.effects.push({ at: stage.now, effect });
  if (effect.kind === 'await') listen(stage, effect);
  if (effect.kind === 'release') release(stage, effect);
}

/** A command reaches its participant. */
export function arrive(stage: Stage, message: OpenEffect, isEcho: boolean): void {
  answer(stage, message, deliver(stage.participants, deliveryOf(stage, message, isEcho)));
}

/** What a participant had accepted comes to its end. */
export function conclude(stage: Stage, message: OpenEffect, end: CommandMove | SilentMove): void {
  answer(stage, message, completeWork(stage.participants, deliveryOf(stage, message, false), end));
}

/** The same id again is the same question. */
function listen(stage: Stage, effect: AwaitEffect): void {
  if (stage.awaited.has(effect.id) || isSaidOnly(effect)) return;
  stage.awaited.set(effect.id, effect.block);
  if (effect.channel === 'task') return openTask(stage, effect);
  const { iteration = [] } = operationParts(effect.id) ?? {};
  const outside = outsideOf(stage.options.program);
  // What is said of a step is about its command, not about the event that confirms it.
  const isCommand = outside.asks.get(effect.block)?.channel === 'command';
  const fact = askedFact(effect);
  const names = isCommand ? [] : [...namesAt(effect.block, iteration), ...(fact === undefined ? [] : [fact])];
  const place = itemAt(outside, effect.block, iteration);
  const next = () => stage.reader.next(names, place);
  const { hearsay, counting } = saidOfFact(next, declaredSource(fact, stage.options.program));
  const since = overhear(stage, fact, hearsay);
  const events = eventsOf(effect).flatMap((event) =>
    stage.reader.all(event).map((one) => ofEvent(one, event)),
  );
  const heard = counting ?? (events.length > 0 ? undefined : heardByItself(effect));
  for (const one of heard === undefined ? events : [heard, ...events]) hear(stage, effect, one, since);
}

/** What others than its source say of a fact is recorded when they say it. Answers when the last one has. */
function overhear(stage: Stage, fact: string | undefined, hearsay: readonly HeardMove[]): Instant {
  let at = stage.now;
  for (const move of hearsay) {
    at += move.delayMs;
    plan(stage, at, hearsayOf(fact!, move));
  }
  return at;
}

function ofEvent(move: Move, event: string): Move {
  return move.kind === 'heard' ? { event, ...move } : move;
}

function hear(stage: Stage, effect: AwaitEffect, move: Move, since: Instant): void {
  if (move.kind !== 'heard') return;
  if (effect.channel === 'fact') return hearFact(stage, effect, move, since + move.delayMs);
  for (let next: HeardMove | undefined = move, at = since; next !== undefined; next = next.next) {
    at += next.delayMs;
    const input = heardInput(effect, next, at, stage.options.program);
    plan(stage, at, { kind: 'input', input });
  }
}

/** Whoever waits for a fact is told at the end of that time that there is none that is fresh. */
function hearFact(stage: Stage, effect: AwaitEffect, move: HeardMove, at: Instant): void {
  const until = stage.now + waitOf(effect);
  const input = heardInput(effect, at > until ? NOTHING_KNOWN : move, at, stage.options.program);
  plan(stage, input.what === 'stale' ? until : at, { kind: 'input', input });
}

/** Another saga that is to be undone says when it is. */
function release(stage: Stage, { id, channel, reason }: ReleaseEffect): void {
  stage.awaited.delete(id);
  if (channel === 'task') withdrawTask(stage, id, reason);
  if (channel !== 'saga' || reason !== 'undo') return;
  plan(stage, stage.now, {
    kind: 'input',
    input: { kind: 'heard', id, what: 'undone', data: {}, now: stage.now },
  });
}

function deliveryOf(stage: Stage, message: OpenEffect, isEcho: boolean): Delivery {
  const { program, contracts } = stage.options;
  const ask = outsideOf(program).asks.get(message.block);
  const isQuery =
    message.direction === 'unless' ||
    (message.direction === 'do' && ask?.channel === 'command' && !ask.effect);
  const { iteration = [] } = operationParts(message.operation) ?? {};
  const names = [...(message.direction === 'do' ? namesAt(message.block, iteration) : []), message.call];
  return {
    message,
    now: stage.now,
    isEcho,
    isQuery,
    isUndo: message.direction === 'undo' || outsideOf(program).undoing.has(message.block),
    example: () => exampleAnswer(contracts, message.call),
    choose: () =>
      stage.reader.next(names, itemAt(outsideOf(program), message.block, iteration)) as
        | CommandMove
        | SilentMove
        | undefined,
  };
}

function exampleAnswer({ commands }: Contracts, call: string): Json {
  const output = commands.get(call)?.output;
  return output === undefined ? {} : exampleOf(output);
}

function answer(stage: Stage, message: OpenEffect, { replies, work }: Delivered): void {
  const { operation, attempt } = message;
  for (const { at, reply } of replies)
    plan(stage, at, { kind: 'input', input: { kind: 'answer', now: at, operation, attempt, ...reply } });
  if (work !== undefined) plan(stage, work.at, { kind: 'work', message, end: work.end });
}
