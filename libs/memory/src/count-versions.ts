import type { Instant } from '#libs/messaging';
import type { StoredInstance, VersionFigures } from '#libs/orchestration';

/** Figures of sagas that ended at `from` or later and before `until`, by version. */
export function countVersions(
  sagas: readonly StoredInstance[],
  hadIncident: (saga: StoredInstance) => boolean,
  from: Instant,
  until: Instant,
): readonly VersionFigures[] {
  const ended = sagas.filter(
    ({ finishedAt }) => finishedAt !== undefined && finishedAt >= from && finishedAt < until,
  );
  const versions = [...new Set(ended.map(({ version }) => version))].sort((one, other) => one - other);
  return versions.map((version) => {
    const own = ended.filter((saga) => saga.version === version);
    const of = (status: StoredInstance['status']): number =>
      own.filter((saga) => saga.status === status).length;
    const took = own
      .map(({ startedAt, finishedAt }) => finishedAt! - startedAt)
      .sort((one, other) => one - other);
    return {
      version,
      completed: of('completed'),
      compensated: of('compensated'),
      cancelled: of('cancelled'),
      withIncident: own.filter(hadIncident).length,
      p50Ms: Math.round(percentile(took, 0.5)),
      p95Ms: Math.round(percentile(took, 0.95)),
    };
  });
}

/** Between two values what lies between them, as the database has it. */
function percentile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}
