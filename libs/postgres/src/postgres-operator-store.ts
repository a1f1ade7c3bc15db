import type { DataSource, EntityManager, FindOptionsWhere } from 'typeorm';
import { And, ArrayContains, In, IsNull, LessThan, MoreThan, MoreThanOrEqual, Not } from 'typeorm';
import type { DeskId, Instant, Offset, SagaId } from '#libs/messaging';
import {
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
import { auditEntity } from './aside.js';
import { limitQueues, takeCensus } from './census.js';
import { ArchiveEntity } from './entities/archive-entity.js';
import { AuditEntity } from './entities/audit-entity.js';
import { DeskEntity } from './entities/desk-entity.js';
import { HistoryEntity } from './entities/history-entity.js';
import { IncidentEntity } from './entities/incident-entity.js';
import { InstanceEntity } from './entities/instance-entity.js';
import { LaneEntity } from './entities/lane-entity.js';
import { LimitedEntity } from './entities/limited-entity.js';
import { OutboxEntity } from './entities/outbox-entity.js';
import { ParkedEntity } from './entities/parked-entity.js';
import { RequestEntity } from './entities/request-entity.js';
import { TriggerStateEntity } from './entities/trigger-state-entity.js';
import { countOutcomes } from './outcome-count.js';
import { countStages } from './stage-counts.js';
import { countRepairs } from './repair-count.js';
import { earliestEnd } from './lane-queries.js';
import { pausedQueues } from './pause-rows.js';
import { auditOf, deskOf, incidentOf, instanceOf, parkedOf, positionOf } from './stored-rows.js';
import { incidentCounts, incidentsOf } from './incident-causes.js';
import { translateError } from './translate-error.js';
import { countVersions } from './version-figures.js';

type SummaryRow = Pick<InstanceEntity, keyof typeof summarySelection>;

/** What operators read, by TypeORM, one statement a question. */
export class PostgresOperatorStore extends OperatorStore {
  constructor(private readonly source: DataSource) {
    super();
  }

  override list(filter: SagaFilter): Promise<readonly SagaSummary[]> {
    const take = Math.min(Math.max(filter.limit ?? 50, 1), 500);
    const names = namesIn(filter);
    const where: FindOptionsWhere<InstanceEntity> & FindOptionsWhere<ArchiveEntity> = {
      ...(names === undefined ? {} : { definition: In([...names]) }),
      ...(filter.status === undefined ? {} : { status: filter.status }),
      ...(filter.businessKey === undefined ? {} : { businessKey: filter.businessKey }),
      ...(filter.incident === undefined ? {} : { incident: filter.incident }),
      ...(filter.before === undefined ? {} : { id: LessThan(filter.before) }),
    };
    const options = { where, take, order: { id: 'desc' }, select: summarySelection } as const;
    return this.asked('list of sagas', async () => {
      const live: readonly SummaryRow[] = await this.source.manager.find(InstanceEntity, options);
      const archived: readonly SummaryRow[] = await this.source.manager.find(ArchiveEntity, options);
      // A saga archived between the two questions answers both.
      const byId = new Map([...live, ...archived].map((row) => [row.id, row]));
      return [...byId.values()]
        .toSorted((one, other) => (one.id < other.id ? 1 : -1))
        .slice(0, take)
        .map(summaryOf);
    });
  }

  override find(id: SagaId): Promise<StoredInstance | undefined> {
    return this.asked(`saga ${id}`, async () => {
      const live = await this.source.manager.findOneBy(InstanceEntity, { id });
      const where = { id, finishedAt: MoreThanOrEqual(earliestEnd([id])) };
      const row = live ?? (await this.source.manager.findOneBy(ArchiveEntity, where));
      return row === null ? undefined : instanceOf(row);
    });
  }

  override findAll(ids: readonly SagaId[]): Promise<readonly StoredInstance[]> {
    return this.asked('sagas by id', async () => {
      if (ids.length === 0) return [];
      const live = await this.source.manager.findBy(InstanceEntity, { id: In(ids) });
      const known = new Set(live.map(({ id }) => id));
      // Asked for second: a saga archived meanwhile has left the live ones by then, or was among them.
      const others = ids.filter((id) => !known.has(id));
      if (others.length === 0) return live.map(instanceOf);
      const where = { id: In(others), finishedAt: MoreThanOrEqual(earliestEnd(others)) };
      return [...live, ...(await this.source.manager.findBy(ArchiveEntity, where))].map(instanceOf);
    });
  }

  override begun({ definitions, after, below, limit }: BegunFilter): Promise<readonly StoredInstance[]> {
    const where = { definition: In(definitions), id: And(MoreThan(after), LessThan(below)) };
    const options = { where, take: limit, order: { id: 'asc' } } as const;
    return this.asked('sagas by their beginning', async () => {
      const live = await this.source.manager.find(InstanceEntity, options);
      const ended = { ...where, finishedAt: MoreThanOrEqual(earliestEnd([after])) };
      const archived = await this.source.manager.find(ArchiveEntity, { ...options, where: ended });
      const byId = new Map([...live, ...archived].map((row) => [row.id, instanceOf(row)]));
      return [...byId.values()].toSorted((one, other) => (one.id < other.id ? -1 : 1)).slice(0, limit);
    });
  }

  override live(definition: string, after?: SagaId): Promise<readonly StoredInstance[]> {
    const behind = after === undefined ? {} : { id: MoreThan(after) };
    const where = { definition, finishedAt: IsNull(), ...behind };
    return this.asked(`live sagas of ${definition}`, async () =>
      (await this.source.manager.find(InstanceEntity, { where, take: 500, order: { id: 'asc' } })).map(
        instanceOf,
      ),
    );
  }

  override findDesk(id: DeskId): Promise<StoredDesk | undefined> {
    return this.asked(`desk ${id}`, async () => {
      const row = await this.source.manager.findOneBy(DeskEntity, { id });
      return row === null ? undefined : deskOf(row);
    });
  }

  override desks(filter: DeskFilter): Promise<readonly StoredDesk[]> {
    const where: FindOptionsWhere<DeskEntity> = {
      kind: filter.kind,
      ...(filter.tag === undefined ? {} : { tags: ArrayContains([filter.tag]) }),
      ...(filter.after === undefined ? {} : { id: MoreThan(filter.after) }),
    };
    const take = Math.min(Math.max(filter.limit ?? 50, 1), 500);
    return this.asked('list of desks', async () =>
      (await this.source.manager.find(DeskEntity, { where, take, order: { id: 'asc' } })).map(deskOf),
    );
  }

  override history(id: SagaId): Promise<readonly HistoryRow[]> {
    return this.asked(`history of ${id}`, async () => {
      const rows = await this.source.manager.find(HistoryEntity, {
        where: { sagaId: id },
        order: { revision: 'asc', at: 'asc' },
      });
      return rows.map(({ sagaId, revision, at, entries }) => ({ saga: sagaId, revision, at, entries }));
    });
  }

  override incidents(filter: Parameters<OperatorStore['incidents']>[0]): Promise<readonly StoredIncident[]> {
    const where: FindOptionsWhere<IncidentEntity> = {
      ...(filter.saga === undefined ? {} : { sagaId: filter.saga }),
      ...(filter.open === undefined ? {} : { closedAt: filter.open ? IsNull() : Not(IsNull()) }),
    };
    const options = { where, order: { openedAt: 'desc' }, take: filter.limit ?? 50 } as const;
    return this.asked('incidents', async () =>
      (await this.source.manager.find(IncidentEntity, options)).map(incidentOf),
    );
  }

  override incidentCounts(cause: IncidentCause): Promise<readonly IncidentCount[]> {
    return this.asked('incidents by cause', () => incidentCounts(this.source, cause));
  }

  override incidentsOf(filter: IncidentFilter): Promise<readonly (StoredIncident & IncidentPlace)[]> {
    return this.asked('incidents of a cause', () => incidentsOf(this.source, filter));
  }

  override parked(filter: Parameters<OperatorStore['parked']>[0]): Promise<readonly ParkedRow[]> {
    const where = filter.saga === undefined ? {} : { sagaId: filter.saga };
    const order = { topic: 'asc', part: 'asc', recordOffset: 'asc' } as const;
    const options = { where, order, take: filter.limit ?? 50 };
    return this.asked('parked records', async () =>
      (await this.source.manager.find(ParkedEntity, options)).map(parkedOf),
    );
  }

  override findParked(topic: string, part: number, offset: Offset): Promise<ParkedRow | undefined> {
    return this.asked('parked record', async () => {
      const row = await this.source.manager.findOneBy(ParkedEntity, { topic, part, recordOffset: offset });
      return row === null ? undefined : parkedOf(row);
    });
  }

  override dropParked(topic: string, part: number, offset: Offset, audit: AuditRow): Promise<boolean> {
    return this.asked('drop of a parked record', () =>
      this.source.transaction(async (manager) => {
        const gone = await manager.delete(ParkedEntity, { topic, part, recordOffset: offset });
        if (gone.affected === 0) return false;
        await noteAudit(manager, audit);
        return true;
      }),
    );
  }

  override note(audit: AuditRow): Promise<void> {
    return this.asked(`look at ${audit.saga}`, () => noteAudit(this.source.manager, audit));
  }

  override outcomes(since: Instant): Promise<readonly OutcomeCount[]> {
    return this.asked('outcomes of sagas', () => countOutcomes(this.source, since));
  }

  override stages(now: Instant, definition?: string): Promise<readonly StageCount[]> {
    return this.asked('stages of sagas', () => countStages(this.source, now, definition));
  }

  override figures(definition: string, from: Instant, until: Instant): Promise<readonly VersionFigures[]> {
    return this.asked('figures of versions', () => countVersions(this.source, definition, from, until));
  }

  override repairs(since: Instant): Promise<readonly RepairCount[]> {
    return this.asked('repairs of sagas', () => countRepairs(this.source, since));
  }

  override lanes(): Promise<readonly LaneSummary[]> {
    return this.asked('lanes', async () => {
      const lanes = await this.source.manager.find(LaneEntity, { order: { topic: 'asc', part: 'asc' } });
      const counts = await this.source.manager
        .createQueryBuilder(OutboxEntity, 'o')
        .select('o.topic', 'topic')
        .addSelect('o.part', 'part')
        .addSelect('count(*)::integer', 'unsent')
        .groupBy('o.topic, o.part')
        .getRawMany<{ readonly topic: string; readonly part: number; readonly unsent: number }>();
      const unsent = new Map(counts.map((row) => [`${row.topic}/${row.part}`, row.unsent]));
      return lanes.map((row) => ({
        ...positionOf(row),
        owner: row.owner,
        unsent: unsent.get(`${row.topic}/${row.part}`) ?? 0,
      }));
    });
  }

  override census(now: Instant, targets: readonly StallTarget[] = []): Promise<Census> {
    return this.asked('census', () => takeCensus(this.source, now, targets));
  }

  override audit(request: string): Promise<AuditRow | undefined> {
    return this.asked('answer to a request', async () => {
      const row = await this.source.manager.findOneBy(AuditEntity, { request });
      return row === null ? undefined : auditOf(row);
    });
  }

  override audits(saga: SagaId): Promise<readonly AuditRow[]> {
    const options = { where: { sagaId: saga }, order: { at: 'asc' } } as const;
    return this.asked(`audits of ${saga}`, async () =>
      (await this.source.manager.find(AuditEntity, options)).map(auditOf),
    );
  }

  override fixStart(request: string, start: FixedStart): Promise<FixedStart> {
    return this.asked('identity of a start', async () => {
      const row = { request, sagaId: start.saga, at: start.at };
      await this.source.createQueryBuilder().insert().into(RequestEntity).values(row).orIgnore().execute();
      // Read in a statement of its own: the one above does not see the row of a rival that came first.
      const fixed = await this.source.manager.findOneByOrFail(RequestEntity, { request });
      return { saga: fixed.sagaId, at: fixed.at };
    });
  }

  override gated(): Promise<readonly GatedCount[]> {
    return this.asked('counts of gates', async () => {
      const rows = await this.source.manager.find(TriggerStateEntity);
      return rows.map(({ definition, event, gate, gated }) => ({ definition, event, gate, count: gated }));
    });
  }

  override heldCommands(saga: SagaId): Promise<readonly HeldCommand[]> {
    return this.asked(`held commands of ${saga}`, async () => {
      const where = { sagaId: saga, isGranted: false };
      const rows = await this.source.manager.find(LimitedEntity, { where, order: { seq: 'asc', n: 'asc' } });
      return rows.map(({ operation, limitedBy, queuedAt }) => ({
        saga,
        operation,
        limit: limitedBy,
        since: queuedAt,
      }));
    });
  }

  override limitQueues(): Promise<readonly LimitQueue[]> {
    return this.asked('commands that wait for limits', () => limitQueues(this.source));
  }

  override pausedQueues(): Promise<readonly PausedQueue[]> {
    return this.asked('what is paused', () => pausedQueues(this.source));
  }

  private async asked<Result>(what: string, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      throw translateError(error, what);
    }
  }
}

const summarySelection = {
  id: true,
  definition: true,
  version: true,
  businessKey: true,
  status: true,
  incident: true,
  startedAt: true,
  finishedAt: true,
} as const;

/** The definitions that may be listed; `undefined`: all of them. */
function namesIn({ definition, definitions }: SagaFilter): readonly string[] | undefined {
  if (definition === undefined) return definitions;
  return definitions?.includes(definition) === false ? [] : [definition];
}

function summaryOf({ finishedAt, ...row }: SummaryRow): SagaSummary {
  const { id, definition, version, businessKey, status, incident, startedAt } = row;
  const summary = { id, definition, version, businessKey, status, incident, startedAt };
  return finishedAt === null ? summary : { ...summary, finishedAt };
}

async function noteAudit(manager: EntityManager, audit: AuditRow): Promise<void> {
  const values = auditEntity(audit);
  await manager.createQueryBuilder().insert().into(AuditEntity).values(values).orIgnore().execute();
}
