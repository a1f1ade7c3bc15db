import type { Instant } from '#libs/messaging';

/** A document as it was published: immutable per kind, name and version. */
export interface PublishedDocument {
  /** saga, participant, namespace, … */
  readonly kind: string;
  readonly name: string;
  /** 0 for kinds without a version of their own: the newest text counts. */
  readonly version: number;
  readonly file: string;
  readonly text: string;
}

/** A document as it is stored. */
export interface StoredDocument extends PublishedDocument {
  /** When this version was published; of a kind without versions, when its present text was. */
  readonly publishedAt: Instant;
}

/** A file a document refers to, such as a JSON schema, as it was when published. */
export interface PublishedFile {
  readonly path: string;
  readonly text: string;
}

/** Everything published, with a number that changes whenever anything is published. */
export interface Publication {
  readonly revision: number;
  readonly documents: readonly StoredDocument[];
  readonly files: readonly PublishedFile[];
}

/**
 * The published definitions.
 *
 * Guarantees: publishing is all or nothing; the same text again changes nothing; another text under a published
 * version is refused.
 */
export abstract class DefinitionStore {
  /** @throws DefinitionConflictError when a version exists with another text. */
  abstract publish(
    documents: readonly PublishedDocument[],
    files: readonly PublishedFile[],
    by: string,
  ): Promise<number>;

  /** The present revision; cheap, for polling. */
  abstract revision(): Promise<number>;

  /** Everything published. */
  abstract load(): Promise<Publication>;
}
