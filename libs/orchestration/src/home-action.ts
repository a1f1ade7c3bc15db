import type { HomeRecord, InboundRecord } from '#libs/messaging';
import type { ActionInput, Json } from '#libs/saga';
import { askingParent, handleParent } from './desks/child-action.js';
import type { Folding } from './folding.js';
import type { AuditRow, ParkedRow } from './lane-store.js';
import { parkedRecord } from './parking.js';

type ActionRecord = Extract<HomeRecord, { readonly kind: 'action' }>;

/** Actions an operator can ask for, by name. */
export const operatorActions = ['retry', 'skip', 'fix', 'cancel', 'redrive', 'skip-record'] as const;

/** Name of an action. */
export type OperatorAction = (typeof operatorActions)[number];

/**
 * Folds an operator's action and records its answer under the request's id, in the same commit.
 *
 * `retry`, `skip`, `fix` and `cancel` are inputs of the saga; `redrive` folds the records that hold it again, `skip-record`
 * leaves out the first of them.
 */
export function handleAction(
  folding: Folding,
  record: InboundRecord,
  content: ActionRecord,
  fold: (record: InboundRecord) => void,
): void {
  const parent = askingParent(content);
  if (parent !== undefined) return handleParent(folding, record, content, parent);
  if (!folding.knows(content.saga))
    return answer(folding, record, content, 'refused', 'there is no live saga with this id');
  const { action } = content.head;
  if (action === 'redrive' || action === 'skip-record') return freeHeld(folding, record, content, fold);
  const saga = folding.current(content.saga);
  if (saga === undefined)
    return answer(folding, record, content, 'refused', 'a desk can only be redriven, or its record skipped');
  if (saga.held) {
    return answer(
      folding,
      record,
      content,
      'refused',
      'a parked record holds this saga: redrive or skip that first',
    );
  }
  const input = actionInput(record, content);
  if (input === undefined) {
    return answer(
      folding,
      record,
      content,
      'refused',
      `"${action}" is no action; there are ${operatorActions.join(', ')}`,
    );
  }
  const applied = folding.apply(content.saga, input, record, content.head.request);
  if (applied.kind === 'poison') return answer(folding, record, content, 'refused', applied.message);
  const refused = applied.effects.find((effect) => effect.kind === 'refused');
  answer(folding, record, content, refused === undefined ? 'done' : 'refused', refused?.message ?? '');
}

function actionInput(record: InboundRecord, content: ActionRecord): ActionInput | undefined {
  const { head, data } = content;
  const block = typeof data['block'] === 'string' ? { block: data['block'] } : {};
  const base = { kind: 'action' as const, now: record.timestamp, by: head.by };
  const input = {
    ...base,
    ...(head.reason === undefined ? {} : { reason: head.reason }),
    ...(data['own'] === true ? { isOwn: true as const } : {}),
  };
  switch (head.action) {
    case 'retry':
      return { ...input, action: { kind: 'retry', ...block } };
    case 'skip':
      return { ...input, action: { kind: 'skip', ...block, output: (data['output'] ?? null) as Json } };
    case 'fix':
      return typeof data['block'] === 'string'
        ? { ...input, action: { kind: 'fix', block: data['block'] } }
        : undefined;
    case 'cancel':
      return { ...input, action: { kind: 'cancel' } };
    default:
      return undefined;
  }
}

function freeHeld(
  folding: Folding,
  record: InboundRecord,
  content: ActionRecord,
  fold: (record: InboundRecord) => void,
): void {
  const { saga, head } = content;
  if (!folding.isHeld(saga)) {
    return answer(folding, record, content, 'refused', 'no parked record holds this saga');
  }
  // What was parked without holding the saga is no part of the queue.
  const rows = (folding.view.heldRows.get(saga) ?? []).filter(({ held: isQueued }) => isQueued);
  folding.setHeld(saga, false, '', record.timestamp);
  if (head.action === 'skip-record') dropFirst(folding, rows);
  for (const row of rows) {
    // A record that fails again is parked anew, and those behind it queue again: same rows, same order.
    folding.unpark(row);
    fold(parkedRecord(row));
  }
  const held = folding.isHeld(saga);
  answer(
    folding,
    record,
    content,
    held ? 'refused' : 'done',
    held ? 'the saga is held again; see its incident' : '',
  );
}

function dropFirst(folding: Folding, rows: ParkedRow[]): void {
  const first = rows.shift();
  if (first !== undefined) folding.unpark(first);
}

function answer(
  folding: Folding,
  record: InboundRecord,
  content: ActionRecord,
  result: AuditRow['result'],
  detail: string,
): void {
  const { request, action, by, reason, mode } = content.head;
  const said = result === 'done' ? (mode ?? detail) : detail;
  const row = { request, saga: content.saga, at: record.timestamp, action, by, result, detail: said };
  folding.audit(reason === undefined ? row : { ...row, reason });
}
