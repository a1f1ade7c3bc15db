import { SystemClock, type Clock, type SagaId } from '#libs/messaging';
import {
  DefinitionConflictError,
  overAt,
  pauseText,
  toggleText,
  DefinitionStore,
  type Baseline,
  type MarkedDocument,
  type Pause,
  type Publication,
  type PublishedDocument,
  type PublishedFile,
  type StoredDocument,
  type SwitchedToggle,
} from '#libs/orchestration';
import { InMemoryTables } from './in-memory-tables.js';

/** Published definitions kept in memory. */
export class InMemoryDefinitionStore extends DefinitionStore {
  constructor(
    private readonly tables: InMemoryTables = new InMemoryTables(),
    private readonly clock: Clock = new SystemClock(),
  ) {
    super();
  }

  override async publish(
    documents: readonly PublishedDocument[],
    files: readonly PublishedFile[],
    publishedBy: string,
    baselines: readonly Baseline[] = [],
  ): Promise<number> {
    const newDocuments = documents.filter((document) => this.isNewDocument(document));
    const newFiles = files.filter((file) => this.isNewFile(file));
    if (newDocuments.length + newFiles.length === 0) return this.tables.publications;
    const stored = [...this.tables.documents.values()];
    const publishedAt = Math.max(this.clock.now(), ...stored.map((document) => document.publishedAt));
    this.tables.publications += 1;
    const mark = { revision: this.tables.publications, publishedAt, publishedBy };
    for (const document of newDocuments) keepDocument(this.tables, { ...document, ...mark });
    for (const baseline of baselines)
      if (newDocuments.some((document) => keyOf(document) === baselineKey(baseline)))
        this.tables.baselines.set(baselineKey(baseline), baseline);
    for (const file of newFiles) this.tables.files.set(file.path, { ...file, ...mark });
    return this.tables.publications;
  }

  override async baseline(definition: string, version: number): Promise<Baseline | undefined> {
    return this.tables.baselines.get(baselineKey({ definition, version }));
  }

  override async revision(): Promise<number> {
    return this.tables.publications;
  }

  override async load(): Promise<Publication> {
    return {
      revision: this.tables.publications,
      documents: [...this.tables.documents.values()].map(storedDocument),
      ...(this.tables.formerDocuments.length === 0
        ? {}
        : { former: this.tables.formerDocuments.map(storedDocument) }),
      files: [...this.tables.files.values()].map(({ path, text }) => ({ path, text })),
      ...(this.tables.toggles.size === 0 ? {} : { toggles: [...this.tables.toggles.values()] }),
      ...(this.tables.pauses.size === 0 ? {} : { pauses: [...this.tables.pauses.values()] }),
    };
  }

  override async switchToggle(toggle: SwitchedToggle, request: string): Promise<void> {
    if (this.tables.audits.has(request)) return;
    const { definition, toggle: name, at, by, reason } = toggle;
    this.tables.toggles.set(`${definition} ${name}`, toggle);
    this.tables.newToggles.add(`${definition} ${name}`);
    this.tables.audits.set(request, {
      request,
      saga: '',
      at,
      action: 'switch-toggle',
      by,
      reason,
      result: 'done',
      detail: toggleText(toggle),
    });
    this.tables.publications += 1;
  }

  override async setPause(pause: Pause, request: string): Promise<void> {
    if (this.tables.audits.has(request)) return;
    const { at, by, reason } = pause.resumed ?? pause;
    for (const [name, each] of this.tables.pauses)
      if ((overAt(each) ?? at) < at) this.tables.pauses.delete(name);
    this.tables.pauses.set(pauseText(pause), pause);
    const saga = pause.kind === 'saga' ? (pause.name as SagaId) : '';
    const action = pause.resumed === undefined ? 'pause' : 'resume';
    const row = { request, saga, at, action, by, reason, result: 'done', detail: pauseText(pause) } as const;
    this.tables.audits.set(request, row);
    this.tables.publications += 1;
  }

  private isNewDocument(document: PublishedDocument): boolean {
    const stored = this.tables.documents.get(keyOf(document));
    if (stored === undefined || stored.text === document.text) return stored === undefined;
    if (document.version === 0) return true;
    const { kind, name, version } = document;
    throw new DefinitionConflictError(
      `${kind} ${name} ${version} was published with another text: give the new text a new version`,
    );
  }

  private isNewFile(file: PublishedFile): boolean {
    const stored = this.tables.files.get(file.path);
    if (stored === undefined || stored.text === file.text) return stored === undefined;
    throw new DefinitionConflictError(
      `${file.path} was published with another text: give the new text a new name`,
    );
  }
}

/** Puts a document in the place of the one before it, which is kept. */
export function keepDocument(tables: InMemoryTables, document: MarkedDocument): void {
  const former = tables.documents.get(keyOf(document));
  if (former !== undefined) tables.formerDocuments.push(former);
  tables.documents.set(keyOf(document), document);
}

function storedDocument({ kind, name, version, file, text, publishedAt }: StoredDocument): StoredDocument {
  return { kind, name, version, file, text, publishedAt };
}

function keyOf({ kind, name, version }: Pick<PublishedDocument, 'kind' | 'name' | 'version'>): string {
  return [kind, name, version].join('\0');
}

function baselineKey({ definition, version }: Pick<Baseline, 'definition' | 'version'>): string {
  return keyOf({ kind: 'saga', name: definition, version });
}
