import type { DeskId, Instant, Offset, SagaId } from '#libs/messaging';
import {
  judgeAction,
  OperatorStore,
  type AuditRow,
  type BegunFilter,
  type Census,
  type StallTarget,
  type DeskFilter,
  type FixedStart,
  type GatedCount,
  type HeldCommand,
  type HistoryRow,
  type IncidentCause,
  type IncidentCount,
  type IncidentFilter,
  type IncidentPlace,
  type LaneSummary,
  type LimitQueue,
  type OutcomeCount,
  repairActions,
  type RepairCount,
  type ParkedRow,
  type PausedQueue,
  type SagaFilter,
  type SagaSummary,
  type StoredDesk,
  type StageCount,
  type StoredIncident,
  type VersionFigures,
  type StoredInstance,
} from '#libs/orchestration';
import { countVersions } from './count-versions.js';
import { countStages } from './count-stages.js';
import { groups } from './groups.js';
import { parkedKey } from './in-memory-commit.js';
import { limitQueues, pausedQueues, waitingLimited } from './in-memory-limits.js';
import { InMemoryTables } from './in-memory-tables.js';
import { takeCensus } from './take-census.js';

/** What operators read, from memory. */
export class InMemoryOperatorStore extends OperatorStore {
  constructor(private readonly tables: InMemoryTables = new InMemoryTables()) {
    super();
  }

  override async list(filter: SagaFilter): Promise<readonly SagaSummary[]> {
    return [...this.tables.instances.values(), ...this.tables.archive.values()]
      .filter((row) => matches(row, filter))
      .toSorted((one, other) => (one.id < other.id ? 1 : -1))
      .slice(0, Math.min(Math.max(filter.limit ?? 50, 1), 500))
      .map(summaryOf);
  }

  override async find(id: SagaId): Promise<StoredInstance | undefined> {
    return this.tables.instances.get(id) ?? this.tables.archive.get(id);
  }

  override async findAll(ids: readonly SagaId[]): Promise<readonly StoredInstance[]> {
    const found = await Promise.all([...new Set(ids)].map((id) => this.find(id)));
    return found.filter((row) => row !== undefined);
  }

  override async begun({
    definitions,
    after,
    below,
    limit,
  }: BegunFilter): Promise<readonly StoredInstance[]> {
    return [...this.tables.instances.values(), ...this.tables.archive.values()]
      .filter(({ definition, id }) => definitions.includes(definition) && id > after && id < below)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit);
  }

  override async live(definition: string, after = ''): Promise<readonly StoredInstance[]> {
    return [...this.tables.instances.values()]
      .filter((row) => row.definition === definition && row.finishedAt === undefined && row.id > after)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, 500);
  }

  override async findDesk(id: DeskId): Promise<StoredDesk | undefined> {
    return this.tables.desks.get(id);
  }

  override async desks({ kind, tag, after, limit }: DeskFilter): Promise<readonly StoredDesk[]> {
    return [...this.tables.desks.values()]
      .filter((row) => row.kind === kind && (tag === undefined || row.tags.includes(tag)))
      .filter((row) => after === undefined || row.id > after)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, Math.min(Math.max(limit ?? 50, 1), 500));
  }

  override async history(id: SagaId): Promise<readonly HistoryRow[]> {
    return (this.tables.history.get(id) ?? []).toSorted((one, other) => one.revision - other.revision);
  }

  override async incidents(filter: {
    readonly saga?: SagaId;
    readonly open?: boolean;
    readonly limit?: number;
  }): Promise<readonly StoredIncident[]> {
    return [...this.tables.incidents.values()]
      .filter((row) => filter.saga === undefined || row.saga === filter.saga)
      .filter((row) => filter.open === undefined || filter.open === (row.closedAt === undefined))
      .toSorted((one, other) => other.openedAt - one.openedAt)
      .slice(0, filter.limit ?? 50);
  }

  override async incidentCounts(cause: IncidentCause): Promise<readonly IncidentCount[]> {
    const open = this.incidentsOfCause(cause).map(({ row, definition }) => ({ ...row, definition }));
    const same = groups(open, ({ definition, block, code }) => `${definition}\0${block ?? ''}\0${code}`);
    return same.map(countOfCause).toSorted((one, other) => other.count - one.count);
  }

  override async incidentsOf(filter: IncidentFilter): Promise<readonly (StoredIncident & IncidentPlace)[]> {
    const place = ({ saga, id }: IncidentPlace) => `${saga} ${id}`;
    return this.incidentsOfCause(filter)
      .map(({ row }) => row)
      .filter((row) => row.openedAt < filter.before)
      .filter((row) => filter.after === undefined || place(row) > place(filter.after))
      .toSorted((one, other) => (place(one) < place(other) ? -1 : 1))
      .slice(0, filter.limit);
  }

  private incidentsOfCause({ definition, block, code }: IncidentCause) {
    return [...this.tables.incidents.values()].flatMap((row) => {
      const instance = row.saga === undefined ? undefined : this.tables.instances.get(row.saga);
      if (instance === undefined || row.closedAt !== undefined) return [];
      const isMeant =
        (definition === undefined || definition === instance.definition) &&
        (block === undefined || block === row.block) &&
        (code === undefined || code === row.code);
      return isMeant ? [{ row: { ...row, saga: instance.id }, definition: instance.definition }] : [];
    });
  }

  override async parked(filter: {
    readonly saga?: SagaId;
    readonly limit?: number;
  }): Promise<readonly ParkedRow[]> {
    return [...this.tables.parked.values()]
      .filter((row) => filter.saga === undefined || row.saga === filter.saga)
      .toSorted(byPosition)
      .slice(0, filter.limit ?? 50);
  }

  override async findParked(topic: string, part: number, offset: Offset): Promise<ParkedRow | undefined> {
    return this.tables.parked.get(parkedKey({ topic, part, offset }));
  }

  override async dropParked(topic: string, part: number, offset: Offset, audit: AuditRow): Promise<boolean> {
    if (!this.tables.parked.delete(parkedKey({ topic, part, offset }))) return false;
    if (!this.tables.audits.has(audit.request)) this.tables.audits.set(audit.request, audit);
    return true;
  }

  override async note(audit: AuditRow): Promise<void> {
    if (!this.tables.audits.has(audit.request)) this.tables.audits.set(audit.request, audit);
  }

  override async outcomes(since: Instant): Promise<readonly OutcomeCount[]> {
    const verdicts = new Map<SagaId, string>();
    for (const { saga, detail } of [...this.tables.audits.values()]
      .filter(({ action }) => action === judgeAction)
      .toSorted((one, other) => one.at - other.at))
      verdicts.set(saga, detail);
    const rows = [...this.tables.instances.values(), ...this.tables.archive.values()];
    const begun = rows.filter(({ startedAt }) => startedAt >= since);
    return groups(begun, ({ definition, status }) => `${definition}\0${status}`).map((same) => {
      const { definition, status } = same[0]!;
      const judged = (verdict: string): number =>
        same.filter(({ id }) => verdicts.get(id) === verdict).length;
      return { definition, status, count: same.length, good: judged('good'), bad: judged('bad') };
    });
  }

  override async stages(now: Instant, definition?: string): Promise<readonly StageCount[]> {
    const live = [...this.tables.instances.values()].filter(
      (row) => row.finishedAt === undefined && (definition === undefined || row.definition === definition),
    );
    return countStages(live, now);
  }

  override async figures(
    definition: string,
    from: Instant,
    until: Instant,
  ): Promise<readonly VersionFigures[]> {
    const rows = [...this.tables.instances.values(), ...this.tables.archive.values()];
    const stuck = new Set([...this.tables.incidents.values()].map(({ saga }) => saga));
    const own = rows.filter((row) => row.definition === definition);
    return countVersions(own, ({ id }) => stuck.has(id), from, until);
  }

  override async repairs(since: Instant): Promise<readonly RepairCount[]> {
    const incidents = [...this.tables.incidents.values()];
    const done = [...this.tables.audits.values()].flatMap(({ saga, action, result, at, detail: mode }) => {
      const found = this.tables.instances.get(saga) ?? this.tables.archive.get(saga);
      if (found === undefined || result !== 'done' || at < since) return [];
      if (!(repairActions as readonly string[]).includes(action)) return [];
      const isRepeated = incidents.some((one) => one.saga === saga && one.openedAt >= at);
      return [{ definition: found.definition, mode, isRepeated }];
    });
    return groups(done, ({ definition, mode }) => `${definition}\0${mode}`)
      .map((same) => {
        const { definition, mode } = same[0]!;
        const repeated = same.filter(({ isRepeated }) => isRepeated).length;
        return { definition, mode, count: same.length, repeated };
      })
      .toSorted((one, other) =>
        `${one.definition}\0${one.mode}` < `${other.definition}\0${other.mode}` ? -1 : 1,
      );
  }

  override async lanes(): Promise<readonly LaneSummary[]> {
    return [...this.tables.lanes]
      .map(([name, row]) => ({ ...row, unsent: this.tables.outbox.get(name)?.size ?? 0 }))
      .toSorted((one, other) =>
        one.topic === other.topic ? one.part - other.part : one.topic < other.topic ? -1 : 1,
      );
  }

  override async census(now: Instant, targets: readonly StallTarget[] = []): Promise<Census> {
    return takeCensus(this.tables, now, targets);
  }

  override async heldCommands(saga: SagaId): Promise<readonly HeldCommand[]> {
    return waitingLimited(this.tables)
      .filter((row) => row.saga === saga)
      .map(({ operation, limit, at }) => ({ saga, operation, limit, since: at }));
  }

  override async limitQueues(): Promise<readonly LimitQueue[]> {
    return limitQueues(this.tables);
  }

  override async pausedQueues(): Promise<readonly PausedQueue[]> {
    return pausedQueues(this.tables);
  }

  override async audit(request: string): Promise<AuditRow | undefined> {
    return this.tables.audits.get(request);
  }

  override async audits(saga: SagaId): Promise<readonly AuditRow[]> {
    return [...this.tables.audits.values()]
      .filter((row) => row.saga === saga)
      .toSorted((one, other) => one.at - other.at);
  }

  override async fixStart(request: string, start: FixedStart): Promise<FixedStart> {
    const fixed = this.tables.requests.get(request) ?? start;
    this.tables.requests.set(request, fixed);
    return fixed;
  }

  override async gated(): Promise<readonly GatedCount[]> {
    return [...this.tables.gated.values()];
  }
}

function matches(row: StoredInstance, filter: SagaFilter): boolean {
  return (
    (filter.definition === undefined || row.definition === filter.definition) &&
    (filter.definitions === undefined || filter.definitions.includes(row.definition)) &&
    (filter.status === undefined || row.status === filter.status) &&
    (filter.businessKey === undefined || row.businessKey === filter.businessKey) &&
    (filter.incident === undefined || row.incident === filter.incident) &&
    (filter.before === undefined || row.id < filter.before)
  );
}

function summaryOf(row: StoredInstance): SagaSummary {
  const { id, definition, version, businessKey, status, incident, startedAt, finishedAt } = row;
  const summary = { id, definition, version, businessKey, status, incident, startedAt };
  return finishedAt === undefined ? summary : { ...summary, finishedAt };
}

function byPosition(one: ParkedRow, other: ParkedRow): number {
  if (one.topic !== other.topic) return one.topic < other.topic ? -1 : 1;
  return one.part - other.part || one.offset - other.offset;
}

function countOfCause(same: readonly (StoredIncident & { readonly definition: string })[]): IncidentCount {
  const newest = same.toSorted((one, other) => other.openedAt - one.openedAt)[0]!;
  const { definition, block, code, message, openedAt: newestAt } = newest;
  const oldestAt = Math.min(...same.map(({ openedAt }) => openedAt));
  return {
    definition,
    ...(block === undefined ? {} : { block }),
    code,
    count: same.length,
    oldestAt,
    newestAt,
    message,
  };
}
