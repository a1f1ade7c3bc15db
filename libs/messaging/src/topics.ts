import { hash } from 'node:crypto';
import type { SagaId } from './saga-id.js';

/** Largest value of a record that Skald sends or folds, in bytes, unless configured otherwise. Below the broker's 1 MiB with room for headers. */
export const defaultMaxValueBytes = 900_000;

/** Longest business key in UTF-8 bytes. Longer keys are parked: they would not fit an index. */
export const maxBusinessKeyBytes = 1_024;

/** The topic a participant reads its commands from: `<participant>.commands`. */
export function commandTopic(call: string): string {
  return `${firstPart(call)}.commands`;
}

/** The topic a domain publishes an event type to: `<domain>.events`. */
export function eventTopic(type: string): string {
  return `${firstPart(type)}.events`;
}

/** The home topic of an installation: `<installation>.home`. */
export function homeTopic(installation: string): string {
  return `${installation}.home`;
}

/** The partition of a command topic that carries a saga's commands. All commands of a saga to one participant stay in order. */
export function commandPartition(saga: SagaId, partitions: number): number {
  // The tail of the id: its 12 key bits already choose the home, and using them again would pair partitions up.
  return Number.parseInt(saga.slice(-8), 16) % partitions;
}

/** The partition of an event topic for a business key. Stable, but not the default of any client: nobody may depend on it. */
export function eventPartition(businessKey: string, partitions: number): number {
  return hash('md5', businessKey, 'buffer').readUInt32BE(0) % partitions;
}

function firstPart(dotted: string): string {
  const dot = dotted.indexOf('.');
  return dot < 0 ? dotted : dotted.slice(0, dot);
}
