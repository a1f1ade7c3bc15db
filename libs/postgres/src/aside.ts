import type { AuditRow, IncidentRow, LaneCommit, LimitedChanges, ParkedRow } from '#libs/orchestration';
import type { AuditEntity } from './entities/audit-entity.js';
import { noSaga } from './entities/columns.js';

/** The rare part of a commit as one JSON document, or null when there is none of it. */
export function asideOf(commits: readonly LaneCommit[]): string | null {
  if (!commits.some(hasAside)) return null;
  const incidents = netIncidents(commits.flatMap((commit) => commit.incidents));
  return JSON.stringify({
    unparked: filled(commits.flatMap((commit) => commit.unparked)),
    parked: filled(commits.flatMap((commit) => commit.parked).map(parkedJson)),
    opened: filled(incidents.opened.map(incidentJson)),
    closed: filled(incidents.closed.map(incidentJson)),
    audits: filled(commits.flatMap((commit) => commit.audits).map(auditJson)),
    gated: filled(commits.flatMap((commit) => commit.gated)),
    desks: desksOf(commits),
    limited: limitedOf(commits),
  });
}

/** What there is none of is not mentioned. */
function filled<Row>(rows: readonly Row[]): readonly Row[] | undefined {
  return rows.length === 0 ? undefined : rows;
}

function desksOf(commits: readonly LaneCommit[]): LaneCommit['desks'] {
  if (commits.every(({ desks }) => desks === undefined)) return undefined;
  return {
    kept: commits.flatMap(({ desks }) => desks?.kept ?? []),
    gone: commits.flatMap(({ desks }) => desks?.gone ?? []),
  };
}

function limitedOf(commits: readonly LaneCommit[]): LaneCommit['limited'] {
  if (commits.every(({ limited }) => limited === undefined)) return undefined;
  return {
    queued: placed(commits, ({ queued }) => queued),
    sent: placed(commits, ({ sent }) => sent),
    gone: placed(commits, ({ gone }) => gone),
  };
}

function placed<Row extends object>(
  commits: readonly LaneCommit[],
  rowsOf: (changes: LimitedChanges) => readonly Row[],
): readonly Row[] {
  return commits.flatMap(({ lane: { topic, part }, limited }) =>
    limited === undefined ? [] : rowsOf(limited).map((row) => ({ topic, part, ...row })),
  );
}

/**
 * Text for people, made storable: the database refuses this one character, and a record must not be unparkable
 * because of what its error message quotes.
 */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '�');
}

/** Header bytes as stored: JSON text of name → base64. */
export function headersText(headers: ParkedRow['headers']): string {
  return JSON.stringify(
    Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, bytes.toString('base64')])),
  );
}

function hasAside(commit: LaneCommit): boolean {
  const { parked, unparked, incidents, audits, gated } = commit;
  const rows = parked.length + unparked.length + incidents.length + audits.length + gated.length;
  return rows > 0 || commit.desks !== undefined || commit.limited !== undefined;
}

function parkedJson(row: ParkedRow): object {
  return {
    topic: row.topic,
    part: row.part,
    offset: row.offset,
    at: row.timestamp,
    saga: row.saga,
    reason: withoutNul(row.reason),
    message: withoutNul(row.message),
    held: row.held,
    key: row.key?.toString('base64'),
    value: row.value?.toString('base64'),
    headers: headersText(row.headers),
  };
}

/** What is opened is written before what is closed, so one that was closed and opened again only stays open. */
function netIncidents(rows: readonly IncidentRow[]) {
  const [opened, closed] = [new Map<string, IncidentRow>(), new Map<string, IncidentRow>()];
  for (const row of rows) {
    const key = `${row.saga ?? ''} ${row.id}`;
    if (row.open) {
      opened.set(key, row);
      closed.delete(key);
    } else closed.set(key, row);
  }
  return { opened: [...opened.values()], closed: [...closed.values()] };
}

function incidentJson(row: IncidentRow): object {
  return { ...row, saga: row.saga ?? noSaga, message: withoutNul(row.message) };
}

function auditJson(row: AuditRow): object {
  const reason = row.reason === undefined ? {} : { reason: withoutNul(row.reason) };
  return { ...row, ...reason, saga: row.saga === '' ? noSaga : row.saga, detail: withoutNul(row.detail) };
}

/** An answer as a row of its table. */
export function auditEntity(row: AuditRow): AuditEntity {
  const { request, at, action, result } = row;
  const reason = row.reason === undefined ? null : withoutNul(row.reason);
  const sagaId = row.saga === '' ? noSaga : row.saga;
  return { request, sagaId, at, action, askedBy: row.by, reason, result, detail: withoutNul(row.detail) };
}
