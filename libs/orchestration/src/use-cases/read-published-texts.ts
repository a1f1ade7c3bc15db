import type { DefinitionStore, PublishedDocument, PublishedFile } from '../definition-store.js';

/** What is published, as it was written. */
export interface PublishedTexts {
  /** Changes whenever anything is published or switched. */
  readonly revision: number;
  readonly documents: readonly PublishedDocument[];
  /** What documents refer to. */
  readonly files: readonly PublishedFile[];
}

/** Reads every version that is published, and the present text of what has no versions. */
export class ReadPublishedTexts {
  constructor(private readonly store: Pick<DefinitionStore, 'load'>) {}

  /** Oldest first. */
  async read(): Promise<PublishedTexts> {
    const { revision, documents, files } = await this.store.load();
    return {
      revision,
      documents: documents.map(({ kind, name, version, file, text }) => ({
        kind,
        name,
        version,
        file,
        text,
      })),
      files: files.map(({ path, text }) => ({ path, text })),
    };
  }
}
