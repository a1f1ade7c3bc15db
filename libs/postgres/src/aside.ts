import type { AuditRow, IncidentRow, LaneCommit, ParkedRow } from '#libs/orchestration';
import { noSaga } from './entities/columns.js';

/** The rare part of a commit as one JSON document, or null when there is none of it. */
export function asideOf(commits: readonly LaneCommit[]): string | null {
  if (!commits.some(hasAside)) return null;
  const incidents = commits.flatMap((commit) => commit.incidents);
  return JSON.stringify({
    unparked: commits.flatMap((commit) => commit.unparked),
    parked: commits.flatMap((commit) => commit.parked).map(parkedJson),
    opened: incidents.filter((row) => row.open).map(incidentJson),
    closed: incidents.filter((row) => !row.open).map(incidentJson),
    audits: commits.flatMap((commit) => commit.audits).map(auditJson),
    gated: commits.flatMap((commit) => commit.gated),
  });
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
  return parked.length + unparked.length + incidents.length + audits.length + gated.length > 0;
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

function incidentJson(row: IncidentRow): object {
  return { ...row, saga: row.saga ?? noSaga, message: withoutNul(row.message) };
}

function auditJson(row: AuditRow): object {
  const reason = row.reason === undefined ? {} : { reason: withoutNul(row.reason) };
  return { ...row, ...reason, saga: row.saga === '' ? noSaga : row.saga, detail: withoutNul(row.detail) };
}
