import type { DataSource, EntityManager } from 'typeorm';
import { SystemClock, type Clock, type Instant } from '#libs/messaging';
import {
  DefinitionConflictError,
  DefinitionStore,
  toggleText,
  pauseText,
  type Baseline,
  type Pause,
  type Publication,
  type PublishedDocument,
  type PublishedFile,
  type StoredDocument,
  type SwitchedToggle,
} from '#libs/orchestration';
import { withoutNul } from './aside.js';
import { AuditEntity } from './entities/audit-entity.js';
import { BaselineEntity } from './entities/baseline-entity.js';
import { noSaga } from './entities/columns.js';
import { DefinitionEntity } from './entities/definition-entity.js';
import { DefinitionFileEntity } from './entities/definition-file-entity.js';
import { FormerDefinitionEntity } from './entities/former-definition-entity.js';
import { ToggleEntity } from './entities/toggle-entity.js';
import { keepPause, pausesOf } from './pause-rows.js';
import { toggleOf } from './stored-rows.js';
import { translateError } from './translate-error.js';

const newestRevision = `
  select greatest((select max(revision) from saga_definition), (select max(revision) from saga_definition_file),
                  (select max(revision) from saga_toggle), (select max(revision) from saga_pause), 0)::float8
      as revision`;

const keepFormer = `
  insert into saga_definition_former (kind, name, version, revision, file, text, published_at, published_by)
  select kind, name, version, revision, file, text, published_at, published_by
    from saga_definition where kind = $1 and name = $2 and version = $3`;

/** Published definitions in Postgres, as written. */
export class PostgresDefinitionStore extends DefinitionStore {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock = new SystemClock(),
  ) {
    super();
  }

  override async publish(
    documents: readonly PublishedDocument[],
    files: readonly PublishedFile[],
    by: string,
    baselines: readonly Baseline[] = [],
  ): Promise<number> {
    try {
      return await this.source.transaction(async (manager) => {
        // One publisher at a time: otherwise two could find the same version free.
        await manager.query("select pg_advisory_xact_lock(hashtext('skald publish'))");
        const publisher = { publishedBy: by, publishedAt: this.clock.now(), baselines };
        return await publish(manager, documents, files, publisher);
      });
    } catch (error) {
      throw translateError(error, `publication of ${documents.length} documents`);
    }
  }

  override async switchToggle(toggle: SwitchedToggle, request: string): Promise<void> {
    try {
      await this.source.transaction(async (manager) => {
        await manager.query("select pg_advisory_xact_lock(hashtext('skald publish'))");
        if ((await manager.countBy(AuditEntity, { request })) > 0) return;
        const revision = (await revisionOf(manager)) + 1;
        await manager.upsert(ToggleEntity, { ...toggle, revision, isNew: true }, ['definition', 'toggle']);
        await manager.insert(AuditEntity, auditOfSwitching(toggle, request));
      });
    } catch (error) {
      throw translateError(error, `switching of ${toggleText(toggle)}`);
    }
  }

  override async setPause(pause: Pause, request: string): Promise<void> {
    try {
      await this.source.transaction(async (manager) => {
        await manager.query("select pg_advisory_xact_lock(hashtext('skald publish'))");
        if ((await manager.countBy(AuditEntity, { request })) > 0) return;
        await keepPause(manager, pause, (await revisionOf(manager)) + 1, request);
      });
    } catch (error) {
      throw translateError(error, `pause of ${pauseText(pause)}`);
    }
  }

  override async baseline(definition: string, version: number): Promise<Baseline | undefined> {
    try {
      return (await this.source.manager.findOneBy(BaselineEntity, { definition, version })) ?? undefined;
    } catch (error) {
      throw translateError(error, `baseline of ${definition} ${version}`);
    }
  }

  override async revision(): Promise<number> {
    return revisionOf(this.source.manager).catch((error: unknown) => {
      throw translateError(error, 'revision of definitions');
    });
  }

  override async load(): Promise<Publication> {
    try {
      // The number first: what is published in between is then loaded again, not missed.
      const revision = await revisionOf(this.source.manager);
      const documents = await this.source.manager.find(DefinitionEntity, {
        order: { revision: 'asc', name: 'asc' },
      });
      const former = await this.source.manager.find(FormerDefinitionEntity, {
        order: { revision: 'asc', name: 'asc' },
      });
      const files = await this.source.manager.find(DefinitionFileEntity, { order: { path: 'asc' } });
      const toggles = await this.source.manager.find(ToggleEntity, {
        order: { definition: 'asc', toggle: 'asc' },
      });
      const pauses = await pausesOf(this.source.manager);
      return {
        revision,
        documents: documents.map(storedDocument),
        ...(former.length === 0 ? {} : { former: former.map(storedDocument) }),
        files: files.map(({ path, text }) => ({ path, text })),
        ...(toggles.length === 0 ? {} : { toggles: toggles.map(toggleOf) }),
        ...(pauses.length === 0 ? {} : { pauses }),
      };
    } catch (error) {
      throw translateError(error, 'load of definitions');
    }
  }
}

function storedDocument({ kind, name, version, file, text, publishedAt }: StoredDocument): StoredDocument {
  return { kind, name, version, file, text, publishedAt };
}

function auditOfSwitching(toggle: SwitchedToggle, request: string): AuditEntity {
  const { at, by, reason } = toggle;
  const what = { action: 'switch-toggle', result: 'done', detail: toggleText(toggle) } as const;
  return { request, sagaId: noSaga, at, askedBy: by, reason: withoutNul(reason), ...what };
}

interface Publisher {
  readonly publishedBy: string;
  readonly publishedAt: Instant;
  readonly baselines: readonly Baseline[];
}

async function publish(
  manager: EntityManager,
  documents: readonly PublishedDocument[],
  files: readonly PublishedFile[],
  publisher: Publisher,
): Promise<number> {
  const present = await revisionOf(manager);
  const newDocuments: PublishedDocument[] = [];
  for (const document of documents) if (await isNewDocument(manager, document)) newDocuments.push(document);
  const newFiles: PublishedFile[] = [];
  for (const file of files) if (await isNewFile(manager, file)) newFiles.push(file);
  if (newDocuments.length + newFiles.length === 0) return present;
  const { publishedBy, baselines } = publisher;
  const publishedAt = Math.max(publisher.publishedAt, await newestPublication(manager));
  const row = { publishedBy, publishedAt, revision: present + 1 };
  for (const document of newDocuments) {
    await manager.query(keepFormer, [document.kind, document.name, document.version]);
    await manager.upsert(DefinitionEntity, { ...document, ...row }, ['kind', 'name', 'version']);
  }
  const isNew = ({ definition, version }: Baseline) =>
    newDocuments.some((one) => one.kind === 'saga' && one.name === definition && one.version === version);
  for (const baseline of baselines.filter(isNew)) await manager.insert(BaselineEntity, baseline);
  for (const file of newFiles) await manager.insert(DefinitionFileEntity, { ...file, ...row });
  return present + 1;
}

/** Clocks of coordinators differ; the order of publications does not. */
async function newestPublication(manager: EntityManager): Promise<Instant> {
  const [newest] = await manager.find(DefinitionEntity, { order: { publishedAt: 'desc' }, take: 1 });
  return newest?.publishedAt ?? 0;
}

async function revisionOf(manager: EntityManager): Promise<number> {
  const [row] = (await manager.query(newestRevision)) as readonly { readonly revision: number }[];
  return row?.revision ?? 0;
}

async function isNewDocument(manager: EntityManager, document: PublishedDocument): Promise<boolean> {
  const { kind, name, version, text } = document;
  const stored = await manager.findOneBy(DefinitionEntity, { kind, name, version });
  if (stored === null || stored.text === text) return stored === null;
  if (version === 0) return true;
  throw new DefinitionConflictError(
    `${kind} ${name} ${version} was published with another text: give the new text a new version`,
  );
}

async function isNewFile(manager: EntityManager, { path, text }: PublishedFile): Promise<boolean> {
  const stored = await manager.findOneBy(DefinitionFileEntity, { path });
  if (stored === null || stored.text === text) return stored === null;
  throw new DefinitionConflictError(`${path} was published with another text: give the new text a new name`);
}
