import { keyHash, type SagaId } from '#libs/messaging';
import {
  StoreRefusedError,
  TransferStore,
  type AuditRow,
  type EndedSaga,
  type MarkedPublication,
  type StoredInstance,
} from '#libs/orchestration';
import { instanceKey } from './in-memory-commit.js';
import { keepDocument } from './in-memory-definition-store.js';
import { InMemoryTables } from './in-memory-tables.js';

/** Takes what there is out of memory, and into it. */
export class InMemoryTransferStore extends TransferStore {
  constructor(private readonly tables: InMemoryTables = new InMemoryTables()) {
    super();
  }

  override async published(): Promise<MarkedPublication> {
    const { formerDocuments, documents, files } = this.tables;
    const name = (row: MarkedPublication['documents'][number]) => `${row.kind} ${row.name} ${row.version}`;
    return {
      documents: [...formerDocuments, ...documents.values()].toSorted(
        (one, other) => one.revision - other.revision || (name(one) < name(other) ? -1 : 1),
      ),
      files: [...files.values()].toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    };
  }

  override async ended(after: SagaId | undefined, limit: number): Promise<readonly EndedSaga[]> {
    return [...this.tables.instances.values(), ...this.tables.archive.values()]
      .filter(isOver)
      .filter(({ id }) => after === undefined || id > after)
      .toSorted((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, limit)
      .map((instance) => this.withAll(instance));
  }

  override async countUnended(): Promise<number> {
    return [...this.tables.instances.values()].filter((instance) => !isOver(instance)).length;
  }

  override async begin(
    { documents, files }: MarkedPublication,
    audit: AuditRow,
  ): Promise<'begun' | 'resumed' | 'occupied'> {
    const { tables } = this;
    if (tables.audits.has(audit.request)) return 'resumed';
    if (tables.documents.size + tables.files.size + tables.instances.size + tables.archive.size > 0)
      return 'occupied';
    for (const document of documents) keepDocument(tables, document);
    for (const file of files) tables.files.set(file.path, file);
    const revisions = [...documents, ...files].map(({ revision }) => revision);
    tables.publications = Math.max(tables.publications, ...revisions);
    tables.audits.set(audit.request, audit);
    return 'begun';
  }

  override async take(sagas: readonly EndedSaga[]): Promise<number> {
    const { instances, archive } = this.tables;
    const unknown = sagas.filter(({ instance: { id } }) => !instances.has(id) && !archive.has(id));
    if (unknown.some(({ instance: { businessKey } }) => businessKey.includes('\0')))
      throw new StoreRefusedError('text holds a NUL character');
    for (const saga of unknown) this.takeOne(saga);
    return unknown.length;
  }

  private takeOne({ instance, holdsKey, history, incidents, audits }: EndedSaga): void {
    const { tables } = this;
    tables.archive.set(instance.id, instance);
    tables.history.set(instance.id, [...history]);
    for (const incident of incidents) tables.incidents.set(`${instance.id}\0${incident.id}`, incident);
    for (const audit of audits)
      if (!tables.audits.has(audit.request)) tables.audits.set(audit.request, audit);
    const place = keyPlace(instance);
    if (holdsKey && !tables.keys.has(place)) tables.keys.set(place, { saga: instance.id, reusable: false });
  }

  private withAll(instance: EndedSaga['instance']): EndedSaga {
    const { id } = instance;
    const key = this.tables.keys.get(keyPlace(instance));
    return {
      instance,
      holdsKey: key?.saga === id && !key.reusable,
      history: (this.tables.history.get(id) ?? []).toSorted((one, other) => one.revision - other.revision),
      incidents: [...this.tables.incidents.values()]
        .filter(({ saga }) => saga === id)
        .toSorted((one, other) => one.openedAt - other.openedAt || (one.id < other.id ? -1 : 1)),
      audits: [...this.tables.audits.values()]
        .filter(({ saga }) => saga === id)
        .toSorted((one, other) => one.at - other.at || (one.request < other.request ? -1 : 1)),
    };
  }
}

function keyPlace({ definition, businessKey }: StoredInstance): string {
  return instanceKey({ definition, keyHash: keyHash(definition, businessKey) });
}

function isOver(instance: StoredInstance): instance is EndedSaga['instance'] {
  return instance.finishedAt !== undefined && !instance.incident && !instance.held;
}
