import type { ExtraListener, ScramUser } from './settings.js';

/** What to start and how. */
export interface LocalStackOptions {
  /** Names the data folder `.skald/local/<name>` of the repository. Default `default`. */
  readonly name?: string;
  /** The data folder itself, instead of `name`. */
  readonly dataFolder?: string;
  /** Throws away what an earlier stack of the same folder stored. Default false. */
  readonly fresh?: boolean;
  /** One broker (the default), or three that form a cluster; three are always processes. 0: only the database. */
  readonly brokers?: 0 | 1 | 3;
  /** Broker properties that differ; with any, the broker is a process. */
  readonly brokerProperties?: Readonly<Record<string, string>>;
  /** Listeners beside the plain one; with any, the broker is a process. */
  readonly brokerListeners?: readonly ExtraListener[];
  /** Users a fresh broker knows from its first start; with any, the broker is a process. */
  readonly scramUsers?: readonly ScramUser[];
  /** Postgres settings that differ; with any, the database is a process. */
  readonly postgresSettings?: Readonly<Record<string, string>>;
  /** Uses neither given servers nor containers: for tests that kill, rewind or freeze. Default false. */
  readonly ownProcesses?: boolean;
  /** The broker compiles itself as a long-lived one does, which takes half of a small machine for its first minutes. Default false. */
  readonly optimisedBroker?: boolean;
  /** Is told in one line each what is being started. */
  readonly onProgress?: (line: string) => void;
}
