import type { Instant } from '#libs/messaging';
import type {
  AuditRow,
  LanePosition,
  ParkedRow,
  StoredDesk,
  StoredIncident,
  StoredInstance,
  SwitchedToggle,
} from '#libs/orchestration';
import { noSaga } from './entities/columns.js';
import type { AuditEntity } from './entities/audit-entity.js';
import type { DeskEntity } from './entities/desk-entity.js';
import type { IncidentEntity } from './entities/incident-entity.js';
import type { InstanceColumns } from './entities/instance-columns.js';
import type { LaneEntity } from './entities/lane-entity.js';
import type { ParkedEntity } from './entities/parked-entity.js';
import type { ToggleEntity } from './entities/toggle-entity.js';

/** A row of live or archived instances as the port has it. */
export function instanceOf(
  row: Omit<InstanceColumns, 'keyHash'> & { readonly id: string; readonly finishedAt: Instant | null },
): StoredInstance {
  return {
    id: row.id,
    definition: row.definition,
    version: row.version,
    businessKey: row.businessKey,
    status: row.status,
    revision: row.revision,
    home: row.home,
    state: row.state,
    ...(row.wakeAt === null ? {} : { wakeAt: row.wakeAt }),
    incident: row.incident,
    held: row.held,
    trace: row.trace,
    startedAt: row.startedAt,
    ...(row.finishedAt === null ? {} : { finishedAt: row.finishedAt }),
  };
}

/** A lane's row as the port has it. */
export function positionOf(row: Omit<LaneEntity, 'owner' | 'takenAt'>): LanePosition {
  const { topic, part, epoch, seq, takeovers, attempts, nextOffset, anchorOffset, anchorAt, anchorChecksum } =
    row;
  const hasAnchor = anchorOffset !== null && anchorAt !== null && anchorChecksum !== null;
  return {
    topic,
    part,
    epoch,
    seq,
    takeovers,
    attempts,
    ...(nextOffset === null ? {} : { nextOffset }),
    ...(hasAnchor ? { anchor: { offset: anchorOffset, timestamp: anchorAt, checksum: anchorChecksum } } : {}),
  };
}

/** A desk as the port has it. */
export function deskOf(row: DeskEntity): StoredDesk {
  const { id, kind, key, home, state, wakeAt, expiresAt, held, tags } = row;
  return {
    id,
    kind,
    key,
    home,
    state,
    ...(wakeAt === null ? {} : { wakeAt }),
    ...(expiresAt === null ? {} : { expiresAt }),
    held,
    tags,
  };
}

/** A parked record as the port has it. */
export function parkedOf(row: ParkedEntity): ParkedRow {
  const headers = JSON.parse(row.headers) as Record<string, string>;
  return {
    topic: row.topic,
    part: row.part,
    offset: row.recordOffset,
    timestamp: row.recordAt,
    ...(row.sagaId === null ? {} : { saga: row.sagaId }),
    reason: row.reason,
    message: row.message,
    held: row.held,
    key: row.key,
    value: row.value,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, text]) => [name, Buffer.from(text, 'base64')]),
    ),
  };
}

/** An incident as the port has it. */
export function incidentOf(row: IncidentEntity): StoredIncident {
  return {
    ...(row.sagaId === noSaga ? {} : { saga: row.sagaId }),
    id: row.incidentId,
    ...(row.block === null ? {} : { block: row.block }),
    code: row.code,
    message: row.message,
    openedAt: row.openedAt,
    ...(row.closedAt === null ? {} : { closedAt: row.closedAt }),
  };
}

/** An answer as the port has it. */
export function auditOf(row: AuditEntity): AuditRow {
  return {
    request: row.request,
    saga: row.sagaId === noSaga ? '' : row.sagaId,
    at: row.at,
    action: row.action,
    by: row.askedBy,
    ...(row.reason === null ? {} : { reason: row.reason }),
    result: row.result,
    detail: row.detail,
  };
}

/** A switched toggle as the port has it. */
export function toggleOf({ definition, toggle, on, at, by, reason }: ToggleEntity): SwitchedToggle {
  return { definition, toggle, on, at, by, reason };
}
