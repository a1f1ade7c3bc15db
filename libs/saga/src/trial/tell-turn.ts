import type { Effect, FinishEffect, Note, NotedEffect, OpenEffect } from '../effect.js';
import type { SagaInput } from '../input.js';
import type { Instant, Json } from '../json.js';
import { operationParts, type OperationName } from '../operation-name.js';
import { isSaidOnly } from './heard-for.js';
import { durationText } from './played-times.js';
import { note, type Hearsay, type Stage } from './stage.js';

/** Writes down what an input was and what came of it. */
export function tellTurn(stage: Stage, input: SagaInput, effects: readonly Effect[]): void {
  tellInput(stage, input);
  for (const effect of effects) tellEffect(stage, effect);
}

/** Records what somebody else than its source has said of a fact. */
export function tellHearsay(stage: Stage, hearsay: Hearsay): void {
  const { fact, from, value } = hearsay;
  stage.hearsay.push(hearsay);
  note(stage, 'noted', `what ${from} says of ${fact} does not count`, value);
}

function tellInput(stage: Stage, input: SagaInput): void {
  switch (input.kind) {
    case 'answer': {
      const error = input.error === undefined ? '' : ` ${input.error}`;
      return note(
        stage,
        'answered',
        `${named(input.operation)} ${input.outcome}${error}`,
        input.data ?? undefined,
      );
    }
    case 'heard':
      return note(
        stage,
        'heard',
        `${named(input.id)} ${input.event?.type ?? input.what}`,
        input.data ?? undefined,
      );
    case 'switched':
      return note(stage, 'heard', `${input.toggle} was switched ${input.on ? 'on' : 'off'}`);
    default:
      return undefined;
  }
}

function tellEffect(stage: Stage, effect: Effect): void {
  switch (effect.kind) {
    case 'open':
      return note(stage, 'sent', openText(effect), effect.data);
    case 'await':
      if (isSaidOnly(effect)) return;
      return note(
        stage,
        'sent',
        `${named(effect.id)} waits for ${effect.channel === 'task' ? 'a person' : effect.channel === 'event' ? 'an event' : `a ${effect.channel}`}`,
      );
    case 'tell':
      return note(stage, 'told', effect.event, effect.data);
    case 'caught':
      return note(
        stage,
        'path',
        effect.isUncaught === true ? `${effect.path} (nobody catches it)` : effect.path,
      );
    case 'incident':
      return note(
        stage,
        'incident',
        effect.open
          ? `incident ${effect.code} on ${effect.block}: ${effect.message}`
          : `incident ${effect.id} closed`,
      );
    case 'finish':
      return note(
        stage,
        'finished',
        `${effect.status}${effect.result === undefined ? '' : ` with result ${effect.result}`}${becauseOf(effect)}`,
      );
    case 'noted':
      return note(stage, 'noted', notedText(effect, stage.now), noted(effect.note));
    default:
      return undefined;
  }
}

function notedText({ block, note: { what, ...note } }: NotedEffect, now: Instant): string {
  if ('asOf' in note) return `${block} goes by ${note.fact}, ${durationText(now - note.asOf)} old`;
  return 'because' in note
    ? `${block} waits ${durationText(note.afterMs)} at most: ${note.because}`
    : `${block} ${what}`;
}

function noted(note: Note): Json {
  return note.what === 'decided' ? note.output : null;
}

function becauseOf({ failure }: FinishEffect): string {
  if (failure === undefined) return '';
  const { step, error, message } = failure;
  return ` because ${step} raised ${error}${message === '' ? '' : `: ${message}`}`;
}

function openText({ operation, call, direction, attempt, isRepeat }: OpenEffect): string {
  const why = direction === 'do' ? '' : `${direction} `;
  const again = isRepeat === true ? ', again' : attempt > 1 ? `, attempt ${attempt}` : '';
  return `${call} (${why}${blockOf(operation)}${again})`;
}

function named(operation: OperationName): string {
  const direction = operationParts(operation)?.direction;
  return direction === undefined || direction === 'do' || direction === 'wait'
    ? blockOf(operation)
    : `${direction} of ${blockOf(operation)}`;
}

function blockOf(operation: OperationName): string {
  const parts = operationParts(operation);
  if (parts === undefined) return operation;
  return parts.iteration.length === 0 ? parts.block : `${parts.block}@${parts.iteration.join(',')}`;
}
