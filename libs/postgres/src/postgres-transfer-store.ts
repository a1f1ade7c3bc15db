import { In, type DataSource, type EntityManager } from 'typeorm';
import { keyHash, type SagaId } from '#libs/messaging';
import {
  TransferStore,
  type AuditRow,
  type EndedSaga,
  type MarkedDocument,
  type MarkedFile,
  type MarkedPublication,
} from '#libs/orchestration';
import { auditEntity } from './aside.js';
import { ArchiveEntity } from './entities/archive-entity.js';
import { AuditEntity } from './entities/audit-entity.js';
import { noSaga } from './entities/columns.js';
import { DefinitionEntity } from './entities/definition-entity.js';
import { DefinitionFileEntity } from './entities/definition-file-entity.js';
import { FormerDefinitionEntity } from './entities/former-definition-entity.js';
import { HistoryEntity } from './entities/history-entity.js';
import { IncidentEntity } from './entities/incident-entity.js';
import type { InstanceColumns } from './entities/instance-columns.js';
import { KeyEntity } from './entities/key-entity.js';
import { providePartitions } from './partitions.js';
import { auditOf, incidentOf, instanceOf } from './stored-rows.js';
import { anythingHere, endedSagas, sagasHere, unendedSagas } from './transfer-queries.js';
import { translateError } from './translate-error.js';

/** Rows of one insert: a statement has room for 65,535 parameters, a saga takes sixteen. */
const ROWS = 2_000;

/** Takes what there is out of Postgres, and into it. */
export class PostgresTransferStore extends TransferStore {
  constructor(private readonly source: DataSource) {
    super();
  }

  override published(): Promise<MarkedPublication> {
    const order = { revision: 'asc', kind: 'asc', name: 'asc', version: 'asc' } as const;
    return this.asked('load of everything published', async () => {
      const { manager } = this.source;
      // The present first: a text that another one takes the place of in between is then met twice, not missed.
      const present = await manager.find(DefinitionEntity, { order });
      const former = await manager.find(FormerDefinitionEntity, { order });
      const files = await manager.find(DefinitionFileEntity, { order: { path: 'asc' } });
      const rows = new Map([...former, ...present].map((row) => [markName(row), markedDocument(row)]));
      return {
        documents: [...rows.values()].toSorted((one, other) => one.revision - other.revision),
        files: files.map(markedFile),
      };
    });
  }

  override ended(after: SagaId | undefined, limit: number): Promise<readonly EndedSaga[]> {
    return this.asked('sagas that are over', async () => {
      const rows = (await this.source.query(endedSagas, [after ?? noSaga, limit])) as readonly EndedRow[];
      return rows.length === 0 ? [] : withAll(this.source.manager, rows);
    });
  }

  override countUnended(): Promise<number> {
    return this.asked('count of sagas that are not over', async () => {
      const [row] = (await this.source.query(unendedSagas)) as [{ readonly count: number }];
      return row.count;
    });
  }

  override begin(publication: MarkedPublication, audit: AuditRow): Promise<'begun' | 'resumed' | 'occupied'> {
    return this.asked('begin of an import', () =>
      this.source.transaction(async (manager) => {
        await manager.query("select pg_advisory_xact_lock(hashtext('skald publish'))");
        if ((await manager.countBy(AuditEntity, { request: audit.request })) > 0) return 'resumed';
        const [here] = (await manager.query(anythingHere)) as [{ readonly occupied: boolean }];
        if (here.occupied) return 'occupied';
        await keepPublication(manager, publication);
        await manager.insert(AuditEntity, auditEntity(audit));
        return 'begun';
      }),
    );
  }

  override take(sagas: readonly EndedSaga[]): Promise<number> {
    return this.asked(`import of ${sagas.length} sagas`, async () => {
      await providePartitions(this.source, sagas.flatMap(daysOf));
      return this.source.transaction(async (manager) => {
        // One import at a time: otherwise two of the same could find a saga missing.
        await manager.query("select pg_advisory_xact_lock(hashtext('skald import'))");
        const ids = sagas.map(({ instance }) => instance.id);
        const here = (await manager.query(sagasHere, [ids])) as readonly { readonly id: SagaId }[];
        const known = new Set(here.map(({ id }) => id));
        const unknown = sagas.filter(({ instance }) => !known.has(instance.id));
        await keepSagas(manager, unknown);
        return unknown.length;
      });
    });
  }

  private async asked<Result>(what: string, ask: () => Promise<Result>): Promise<Result> {
    try {
      return await ask();
    } catch (error) {
      throw translateError(error, what);
    }
  }
}

/** A row of {@link endedSagas}; the driver gives times as dates. */
type EndedRow = Omit<InstanceColumns, 'startedAt' | 'wakeAt' | 'keyHash'> & {
  readonly id: SagaId;
  readonly startedAt: Date;
  readonly wakeAt: Date | null;
  readonly finishedAt: Date;
  readonly holdsKey: boolean;
};

async function withAll(manager: EntityManager, rows: readonly EndedRow[]): Promise<readonly EndedSaga[]> {
  const where = { sagaId: In(rows.map(({ id }) => id)) };
  const history = bySaga(
    await manager.find(HistoryEntity, { where, order: { revision: 'asc', at: 'asc' } }),
    ({ sagaId: saga, revision, at, entries }) => ({ saga, revision, at, entries }),
  );
  const incidents = bySaga(
    await manager.find(IncidentEntity, { where, order: { openedAt: 'asc', incidentId: 'asc' } }),
    incidentOf,
  );
  const audits = bySaga(
    await manager.find(AuditEntity, { where, order: { at: 'asc', request: 'asc' } }),
    auditOf,
  );
  return rows.map((row) => ({
    instance: endedInstance(row),
    holdsKey: row.holdsKey,
    history: history.get(row.id) ?? [],
    incidents: incidents.get(row.id) ?? [],
    audits: audits.get(row.id) ?? [],
  }));
}

function endedInstance(row: EndedRow): EndedSaga['instance'] {
  const finishedAt = row.finishedAt.getTime();
  const times = { startedAt: row.startedAt.getTime(), wakeAt: row.wakeAt?.getTime() ?? null, finishedAt };
  return { ...instanceOf({ ...row, ...times }), finishedAt };
}

function bySaga<Entity extends { readonly sagaId: string }, Row>(
  entities: readonly Entity[],
  rowOf: (entity: Entity) => Row,
): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const entity of entities) {
    const rows = groups.get(entity.sagaId) ?? [];
    groups.set(entity.sagaId, rows);
    rows.push(rowOf(entity));
  }
  return groups;
}

async function keepPublication(manager: EntityManager, publication: MarkedPublication): Promise<void> {
  const identity = ({ kind, name, version }: MarkedDocument) => `${kind} ${name} ${version}`;
  const present = new Map(publication.documents.map((document) => [identity(document), document]));
  const former = publication.documents.filter((document) => present.get(identity(document)) !== document);
  await insertRows([...present.values()], (rows) => manager.insert(DefinitionEntity, rows));
  await insertRows(former, (rows) => manager.insert(FormerDefinitionEntity, rows));
  await insertRows(publication.files, (rows) => manager.insert(DefinitionFileEntity, rows));
}

async function keepSagas(manager: EntityManager, sagas: readonly EndedSaga[]): Promise<void> {
  await insertRows(sagas.map(archiveEntity), (rows) => manager.insert(ArchiveEntity, rows));
  const history = sagas.flatMap((saga) =>
    saga.history.map(({ saga: sagaId, ...row }) => ({ sagaId, ...row })),
  );
  await insertRows(history, (rows) => manager.insert(HistoryEntity, rows));
  await insertRows(sagas.flatMap(incidentEntities), (rows) => manager.insert(IncidentEntity, rows));
  const audits = sagas.flatMap((saga) => saga.audits.map(auditEntity));
  await insertRows(audits, (rows) => insertMissing(manager, AuditEntity, rows));
  await insertRows(sagas.flatMap(keyEntities), (rows) => insertMissing(manager, KeyEntity, rows));
}

async function insertRows<Row>(
  rows: readonly Row[],
  insert: (some: Row[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS) await insert(rows.slice(from, from + ROWS));
}

function insertMissing<Row extends AuditEntity | KeyEntity>(
  manager: EntityManager,
  entity: new () => Row,
  rows: Row[],
): Promise<unknown> {
  return manager
    .createQueryBuilder()
    .insert()
    .into(entity)
    .values(rows as never)
    .orIgnore()
    .execute();
}

function archiveEntity({ instance }: EndedSaga): ArchiveEntity {
  const { definition, businessKey } = instance;
  return {
    ...instance,
    wakeAt: instance.wakeAt ?? null,
    keyHash: keyHash(definition, businessKey),
  };
}

function incidentEntities({ instance, incidents }: EndedSaga): readonly IncidentEntity[] {
  return incidents.map(({ id, block, code, message, openedAt, closedAt }) => ({
    sagaId: instance.id,
    incidentId: id,
    block: block ?? null,
    code,
    message,
    openedAt,
    closedAt: closedAt ?? null,
  }));
}

function keyEntities({ instance, holdsKey }: EndedSaga): readonly KeyEntity[] {
  if (!holdsKey) return [];
  const { id: sagaId, definition, businessKey } = instance;
  return [{ definition, keyHash: keyHash(definition, businessKey), sagaId, reusable: false }];
}

function daysOf({ instance, history }: EndedSaga): readonly number[] {
  return [instance.finishedAt, ...history.map(({ at }) => at)];
}

function markName({ kind, name, version, revision }: MarkedDocument): string {
  return `${kind} ${name} ${version} ${revision}`;
}

function markedDocument(row: MarkedDocument): MarkedDocument {
  const { kind, name, version, file, text, revision, publishedAt, publishedBy } = row;
  return { kind, name, version, file, text, revision, publishedAt, publishedBy };
}

function markedFile({ path, text, revision, publishedAt, publishedBy }: MarkedFile): MarkedFile {
  return { path, text, revision, publishedAt, publishedBy };
}
