import type { InboundRecord, Instant, SagaId } from '#libs/messaging';
import type { Effect, SagaInput, StartInput } from '#libs/saga';
import type { HistoryEntry } from './history.js';
import type { AuditRow, HistoryRow, IncidentRow, NewInstance, StoredInstance } from './lane-store.js';
import { storedForm, type LiveSaga } from './live-saga.js';
import type { OutgoingMessage } from './outgoing-message.js';
import type { Transition } from './saga-trace.js';

/** What one batch makes of one saga, while the batch is being folded. */
export interface Change {
  saga: LiveSaga;
  /** As last committed; `undefined` when the batch begins it. */
  readonly before: LiveSaga | undefined;
  /** Set on a saga that the batch begins. */
  readonly keyHash: Buffer | undefined;
  readonly records: InboundRecord[];
  entries: HistoryEntry[];
  messages: OutgoingMessage[];
  incidents: IncidentRow[];
  audits: AuditRow[];
  transitions: Transition[];
  /** Operations that were answered with a failure; absent: none. */
  failures?: Set<string>;
}

/** A change as it goes into the commit. */
export interface ClosedChange {
  readonly saga: LiveSaga;
  readonly insert: NewInstance | undefined;
  readonly update: StoredInstance | undefined;
  readonly history: HistoryRow | undefined;
}

/** A change that holds nothing yet. */
export function openChange(saga: LiveSaga, before: LiveSaga | undefined, keyHash?: Buffer): Change {
  return { saga, before, keyHash, records: [], ...nothing() };
}

/** Takes back everything but the records. */
export function revertChange(change: Change, to: LiveSaga): void {
  Object.assign(change, { saga: to, ...nothing() });
}

function nothing() {
  return { entries: [], messages: [], incidents: [], audits: [], transitions: [] };
}

/** The rows of a change, or `undefined` when nothing about the saga is different. */
export function closeChange(change: Change, state: string, at: Instant): ClosedChange | undefined {
  const { before, saga, entries, keyHash } = change;
  if (before === saga && entries.length === 0) return undefined;
  const revision = (before?.revision ?? 0) + 1;
  const row = storedForm(saga, revision, state);
  return {
    saga: { ...saga, revision },
    update: keyHash === undefined ? row : undefined,
    insert:
      keyHash === undefined
        ? undefined
        : { ...row, keyHash, reusableKey: saga.program.keyReuse === 'afterEnd' },
    history:
      entries.length === 0 ? undefined : { saga: saga.id, revision, at, entries: JSON.stringify(entries) },
  };
}

/** A line of history. What the state holds anyway (a start's input) is not written again. */
export function historyEntry(
  input: SagaInput,
  effects: readonly Effect[],
  record: InboundRecord,
  cause: string | undefined,
): HistoryEntry {
  const kept = input.kind === 'start' ? keptOfStart(input) : input;
  return { input: kept, effects, offset: record.offset, cause };
}

function keptOfStart({ kind, now, facts, origin }: StartInput): HistoryEntry['input'] {
  return origin === undefined ? { kind, now, facts } : { kind, now, facts, origin };
}

/** The row of an incident effect. */
export function incidentRow(
  saga: SagaId,
  effect: Effect & { readonly kind: 'incident' },
  at: Instant,
): IncidentRow {
  const { id, open } = effect;
  if (!effect.open) return { saga, id, open, code: '', message: '', at };
  return { saga, id, open, block: effect.block, code: effect.code, message: effect.message, at };
}
