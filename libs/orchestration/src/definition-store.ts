import type { Instant } from '#libs/messaging';
import type { Pause } from './pauses/pause.js';
import type { VersionPeriod } from './version-figures.js';

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

/** How the version before had gone when a version of a saga was published. */
export interface Baseline {
  readonly definition: string;
  /** The version that was published. */
  readonly version: number;
  readonly before: VersionPeriod;
}

/** What a toggle is since somebody switched it. */
export interface SwitchedToggle {
  readonly definition: string;
  readonly toggle: string;
  readonly on: boolean;
  readonly at: Instant;
  readonly by: string;
  readonly reason: string;
}

/** Everything published, with a number that changes whenever anything is published or switched. */
export interface Publication {
  readonly revision: number;
  readonly documents: readonly StoredDocument[];
  /** What documents without versions said before their present text, oldest first; absent: none ever changed. */
  readonly former?: readonly StoredDocument[];
  readonly files: readonly PublishedFile[];
  /** Toggles that were ever switched; absent: none. */
  readonly toggles?: readonly SwitchedToggle[];
  /** What people have paused, and resumed not long ago; absent: nothing. */
  readonly pauses?: readonly Pause[];
}

/**
 * The published definitions.
 *
 * Guarantees: publishing is all or nothing; the same text again changes nothing; another text under a published
 * version is refused; a text that another one takes the place of is kept. No publication is earlier than one before it.
 */
export abstract class DefinitionStore {
  /**
   * Keeps with a version that is new its baseline; the one of a version that was published before stays.
   *
   * @throws DefinitionConflictError when a version exists with another text.
   */
  abstract publish(
    documents: readonly PublishedDocument[],
    files: readonly PublishedFile[],
    by: string,
    baselines?: readonly Baseline[],
  ): Promise<number>;

  /** What was kept when the version was published. */
  abstract baseline(definition: string, version: number): Promise<Baseline | undefined>;

  /** Switches a toggle and keeps who did and why, under an id that is unique to the request; the same id again changes nothing. */
  abstract switchToggle(toggle: SwitchedToggle, request: string): Promise<void>;

  /**
   * Pauses something, or resumes it, in the place of what was there of the same kind and name, and keeps who did and
   * why, under an id that is unique to the request; the same id again changes nothing. Those that are over may go.
   */
  abstract setPause(pause: Pause, request: string): Promise<void>;

  /** The present revision; cheap, for polling. */
  abstract revision(): Promise<number>;

  /** Everything published. */
  abstract load(): Promise<Publication>;
}

/** What the audit of a switching says. */
export function toggleText({ definition, toggle, on }: SwitchedToggle): string {
  return `${definition} ${toggle} ${on ? 'on' : 'off'}`;
}
