import type { Instant, Json } from '#libs/messaging';
import type { AdmissionEffect, Candidate, RefusalReason } from '#libs/saga';
import type { AdmissionMessage, KeptStart } from './admission-messages.js';

/** One thing that happened to a key. Repetitions of the same are one line with a count and the last of them. */
export interface AdmissionLine {
  readonly at: Instant;
  readonly what: 'started' | 'ended' | 'cancelled' | 'flipped' | 'thawed' | RefusalReason;
  /** The saga that was started, has ended, or would have been started. */
  readonly saga?: string;
  readonly trigger?: string;
  /** What asked for the start. */
  readonly event?: { readonly source: string; readonly id: string };
  /** The saga whose command caused that. */
  readonly cause?: string;
  /** What the saga decided, as far as flips are told by it; of a key that flipped: the values it went through. */
  readonly decided?: Json;
  readonly count: number;
}

const linesKept = 64;

/** Adds what one message and its effects did to the key. */
export function withLines(
  log: readonly AdmissionLine[],
  message: AdmissionMessage | { readonly kind: 'due' },
  effects: readonly AdmissionEffect[],
  at: Instant,
): readonly AdmissionLine[] {
  const said = message.kind === 'ended' ? [endedLine(message, at)] : [];
  const lines = [...said, ...effects.map((effect) => lineOf(effect, at))];
  return lines.length === 0 ? log : lines.reduce(joined, log).slice(-linesKept);
}

function endedLine(
  { saga, decided }: Extract<AdmissionMessage, { readonly kind: 'ended' }>,
  at: Instant,
): AdmissionLine {
  return { at, what: 'ended', saga, ...(decided === undefined ? {} : { decided }), count: 1 };
}

function lineOf(effect: AdmissionEffect, at: Instant): AdmissionLine {
  switch (effect.kind) {
    case 'start':
      return { at, what: 'started', ...ofCandidate(effect.candidate), count: 1 };
    case 'refused':
      return { at, what: effect.reason, ...ofCandidate(effect.candidate), count: 1 };
    case 'cancel':
      return { at, what: 'cancelled', saga: effect.saga, count: 1 };
    case 'frozen':
      return { at, what: 'flipped', decided: effect.values, count: 1 };
    case 'thawed':
      return { at, what: 'thawed', count: 1 };
  }
}

function ofCandidate({ saga, trigger, start }: Candidate) {
  const { head, cause } = start as unknown as KeptStart;
  const event = { source: head.source, id: head.eventId };
  return { saga, trigger, event, ...(cause === undefined ? {} : { cause }) };
}

/** Noise must not push what matters out of the log. */
function joined(log: readonly AdmissionLine[], line: AdmissionLine): readonly AdmissionLine[] {
  const last = log.at(-1);
  const isSame =
    last?.what === line.what &&
    last.trigger === line.trigger &&
    last.cause === line.cause &&
    line.trigger !== undefined &&
    (line.what !== 'started' || last.saga === line.saga);
  return isSame ? [...log.slice(0, -1), { ...line, count: last.count + 1 }] : [...log, line];
}
