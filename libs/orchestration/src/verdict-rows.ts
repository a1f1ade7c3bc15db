import type { Instant, SagaId } from '#libs/messaging';
import type { FinishEffect, Verdict } from '#libs/saga';
import type { AuditRow } from './lane-store.js';
import type { LiveSaga } from './live-saga.js';

/** The action of an audit row that says what a saga turned out to be. The newest of a saga counts. */
export const judgeAction = 'judge';

/** What a saga that has ended says of the one it is linked to, as a row about that one. */
export function verdictRows(
  { id, program, businessKey, state }: LiveSaga,
  { verdict }: FinishEffect,
  at: Instant,
): readonly AuditRow[] {
  const linked = state.linked as { readonly id: SagaId } | undefined;
  if (verdict === undefined || linked === undefined) return [];
  const by = { by: `saga ${id}`, reason: `${program.definition} ${businessKey}` };
  return [verdictRow({ request: `${id}.judge`, saga: linked.id, at, ...by }, verdict)];
}

/** The row that says what a saga turned out to be. */
export function verdictRow(
  what: Pick<AuditRow, 'request' | 'saga' | 'at' | 'by' | 'reason'>,
  verdict: Verdict,
): AuditRow {
  return { ...what, action: judgeAction, result: 'done', detail: verdict };
}
