import type { HomeRecord, InboundRecord, SagaId } from '#libs/messaging';
import type { Folding } from '../folding.js';
import { refusedChild } from './child-sagas.js';

type ActionRecord = Extract<HomeRecord, { readonly kind: 'action' }>;

interface Parent {
  readonly saga: SagaId;
  readonly id: string;
}

/** The parent that asks, if it is a parent that does. */
export function askingParent({ data }: ActionRecord): Parent | undefined {
  const parent = data['parent'] as Partial<Parent> | undefined;
  return parent?.saga === undefined || parent.id === undefined ? undefined : (parent as Parent);
}

/**
 * Folds what a parent asks of its child: to stop, or to be undone. A parent that wants it undone hears in any case:
 * `undone` when there is nothing left of it, `refused` when that cannot be.
 */
export function handleParent(
  folding: Folding,
  record: InboundRecord,
  content: ActionRecord,
  parent: Parent,
): void {
  const { saga: child, head } = content;
  const live = folding.current(child);
  if (head.action === 'let-go') return live && folding.letGo(child, record.timestamp);
  const isUndo = head.action === 'undo';
  if (live === undefined) return isUndo ? refuse(folding, child, parent, 'it ended long ago') : undefined;
  if (live.held) return folding.queue(child, record);
  const { status } = live.state;
  if (status === 'compensated' || status === 'cancelled')
    return isUndo ? undone(folding, child, parent) : undefined;
  // The message has come before: what is under way is told at its end.
  if (isUndo && live.isToBeUndone) return;
  if (isUndo) folding.markToBeUndone(child, true);
  const action = {
    kind: 'action',
    now: record.timestamp,
    by: head.by,
    isOwn: true,
    action: { kind: isUndo ? 'undo' : 'cancel' },
  } as const;
  const applied = folding.apply(child, action, record, head.request);
  const reason =
    applied.kind === 'poison'
      ? applied.message
      : applied.effects.find((effect) => effect.kind === 'refused')?.message;
  if (!isUndo || reason === undefined) return;
  folding.markToBeUndone(child, false);
  refuse(folding, child, parent, reason);
}

function refuse(folding: Folding, child: SagaId, parent: Parent, reason: string): void {
  folding.post(child, refusedChild(parent, { reason, saga: child }));
}

function undone(folding: Folding, child: SagaId, parent: Parent): void {
  const head = { id: parent.id, what: 'undone' };
  folding.post(child, { kind: 'heard', saga: parent.saga, head, data: { saga: child } });
}
