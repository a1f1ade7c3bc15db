import type { HomeRecord, InboundRecord } from '#libs/messaging';
import type { Folding } from '../folding.js';

/** Folds what is said to a desk. What it cannot take is parked and holds it, as with a saga. */
export function handleDeskRecord(
  folding: Folding,
  record: InboundRecord,
  { saga: id, head, message }: Extract<HomeRecord, { readonly kind: 'desk' }>,
): void {
  if (folding.isHeld(id)) return folding.queue(id, record);
  try {
    folding.desks.tell(id, head.desk, head.key, { kind: 'message', message }, record);
  } catch (error) {
    folding.desks.setHeld({ id, kind: head.desk, key: head.key, home: record.part }, true);
    folding.hold(id, record, 'desk-failed', textOf(error));
  }
}

/** Wakes a desk. One that is held is woken when it is let go. */
export function handleDeskDue(folding: Folding, record: InboundRecord, id: string): void {
  const desk = folding.desks.current(id);
  if (desk === undefined) return folding.desks.forget(id, record.part);
  if (desk.held) return;
  try {
    folding.desks.tell(id, desk.kind, desk.key, { kind: 'due' }, record);
  } catch (error) {
    folding.hold(id, record, 'desk-failed', textOf(error));
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
