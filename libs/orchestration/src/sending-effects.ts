import { FieldKeyError, type Instant } from '#libs/messaging';
import type { Effect, OpenEffect, TellEffect } from '#libs/saga';
import { incidentRow, type Change } from './change.js';
import { homeMessage } from './desks/desk-folding.js';
import { speakOutside, type OutsideEffect } from './desks/speak-outside.js';
import { endingMessages } from './ending-messages.js';
import type { FoldingOptions } from './folding-view.js';
import type { LiveSaga } from './live-saga.js';
import { commandMessage, eventMessage, type SendingMoment } from './outgoing-effects.js';
import type { OutgoingMessage } from './outgoing-message.js';
import { fits } from './value-size.js';
import { verdictRows } from './verdict-rows.js';

/** When and why something is sent, and what becomes of a command that cannot be: it is too large, or a key is missing. */
export interface Sending {
  readonly at: Instant;
  readonly causation: string;
  readonly notSent: (effect: OpenEffect, reason: string) => void;
}

/** Turns the effects of a turn into messages and incidents of the change; answers the messages, by effect. */
export function sendEffects(
  options: FoldingOptions,
  change: Change,
  effects: readonly Effect[],
  sending: Sending,
): Readonly<Record<number, OutgoingMessage>> {
  const { at, causation } = sending;
  const moment = { revision: (change.before?.revision ?? 0) + 1, at, causation };
  const sent: Record<number, OutgoingMessage> = {};
  for (let index = 0; index < effects.length; index += 1) {
    const effect = effects[index]!;
    switch (effect.kind) {
      case 'open':
      case 'tell': {
        const message = messageOf(options, change.saga, effect, moment);
        if (message instanceof FieldKeyError) {
          notSent(change, effect, message.message, sending);
          break;
        }
        sent[index] = message;
        if (fits(message.value, options.settings.messageBytes)) change.messages.push(message);
        else notSent(change, effect, tooLarge(options), sending);
        break;
      }
      case 'finish':
        change.messages.push(...endingMessages(options, change.saga, effect, at));
        change.audits.push(...verdictRows(change.saga, effect, at));
        speak(options, change, effect, at);
        break;
      case 'await':
      case 'release':
        speak(options, change, effect, at);
        break;
      case 'incident':
        change.incidents.push(incidentRow(change.saga.id, effect, at));
        break;
      default:
        break;
    }
  }
  return sent;
}

/** What is said, or why it cannot be: a key by which a part of it has to be encrypted is not there. */
function messageOf(
  options: FoldingOptions,
  saga: LiveSaga,
  effect: OpenEffect | TellEffect,
  moment: SendingMoment,
): OutgoingMessage | FieldKeyError {
  try {
    return effect.kind === 'open'
      ? commandMessage(options, saga, effect, moment)
      : eventMessage(options, saga, effect, moment);
  } catch (error) {
    if (error instanceof FieldKeyError) return error;
    throw error;
  }
}

function notSent(change: Change, effect: OpenEffect | TellEffect, reason: string, sending: Sending): void {
  if (effect.kind === 'open') sending.notSent(effect, reason);
  else alarmAbout(change, effect, reason, sending.at);
}

/** Says to desks and other sagas what an effect wants of them. */
function speak(options: FoldingOptions, change: Change, effect: OutsideEffect, now: Instant): void {
  const { saga } = change;
  if (effect.kind === 'finish' && saga.outside === undefined && !isAwaited(saga)) return;
  const { records, outside, trouble } = speakOutside(options, saga, effect, now);
  change.saga = { ...saga, outside };
  if (trouble !== undefined) alarmAbout(change, effect, trouble, now);
  for (const record of records) {
    const message = homeMessage(options, saga.id, record);
    if (fits(message.value, options.settings.messageBytes)) change.messages.push(message);
    else alarmAbout(change, effect, tooLarge(options), now);
  }
}

function isAwaited({ state: { facts } }: LiveSaga): boolean {
  return facts.parent !== undefined || facts.informs !== undefined;
}

/** What could not be said and nobody waits for is a matter for people. */
function alarmAbout(
  change: Change,
  { id, kind, block }: { readonly id?: string; readonly kind: string; readonly block?: string },
  message: string,
  at: Instant,
): void {
  change.incidents.push({
    saga: change.saga.id,
    id: `not-sent:${id ?? kind}`,
    open: true,
    ...(block === undefined ? {} : { block }),
    code: 'NOT_SENT',
    message,
    at,
  });
}

function tooLarge({ settings }: FoldingOptions): string {
  return `the message is larger than ${settings.messageBytes} bytes`;
}
