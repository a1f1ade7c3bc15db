import type { Clock, CommandSink, EventSource, FieldKeys, Keyring, Log } from '#libs/messaging';
import type { Desk } from './desks/desk.js';
import type { Installation } from './installation-store.js';
import type { FindLinked } from './linked-saga.js';
import type { LaneSettings } from './lane-settings.js';
import type { LaneStore } from './lane-store.js';
import type { LoadedDefinitions } from './loaded-definitions.js';
import type { SagaMetrics } from './saga-metrics.js';
import type { SagaTrace } from './saga-trace.js';

/** What lanes are made of: the installation's ports and settings. */
export interface Coordination {
  readonly installation: Installation;
  readonly keyring: Keyring;
  /** The keys of what comes and goes encrypted. */
  readonly fieldKeys: FieldKeys;
  readonly definitions: LoadedDefinitions;
  readonly store: LaneStore;
  /** Finds the sagas that starts are linked to. */
  readonly findLinked: FindLinked;
  /** Reads the home topic as a member of the installation's group. */
  readonly source: EventSource;
  readonly sink: CommandSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: SagaTrace;
  readonly metrics: SagaMetrics;
  readonly settings: LaneSettings;
  /** The desks there are, by kind. */
  readonly desks: ReadonlyMap<string, Desk>;
  /** Name of this process in lane rows. */
  readonly owner: string;
  /** A source has died for good. */
  readonly onFatal: (error: Error) => void;
}
