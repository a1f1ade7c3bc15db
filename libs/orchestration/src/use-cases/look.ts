import { hash16, uuidText, type Instant, type SagaId } from '#libs/messaging';
import type { AuditRow } from '../lane-store.js';

/** Somebody who wants to see what is classed. */
export interface Look {
  readonly by: string;
  readonly reason?: string;
}

/** What the audit says of a look. */
export function lookRow(saga: SagaId, { by, reason }: Look, detail: string, at: Instant): AuditRow {
  return {
    request: uuidText(hash16('look', saga, by, detail, String(at))),
    saga,
    at,
    action: 'look',
    by,
    ...(reason === undefined ? {} : { reason }),
    result: 'done',
    detail,
  };
}
