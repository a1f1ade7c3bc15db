import type { Clock, CommandSink, EventSource, FieldKeys, Keyring, Log } from '#libs/messaging';
import type { Admission } from './admission.js';
import type { Installation } from './installation-store.js';
import type { LaneStore } from './lane-store.js';
import type { LimitIntake } from './limits/limit-intake.js';
import type { LoadedDefinitions } from './loaded-definitions.js';
import type { SagaMetrics } from './saga-metrics.js';
import type { SagaTrace } from './saga-trace.js';

/** What gates are made of. */
export interface GateCoordination {
  readonly installation: Installation;
  readonly keyring: Keyring;
  /** The keys of events of which parts are encrypted. */
  readonly fieldKeys: FieldKeys;
  readonly definitions: LoadedDefinitions;
  readonly store: LaneStore;
  /** Makes a reader of these domain topics, a member of the gates' group. */
  readonly sourceOf: (topics: readonly string[]) => EventSource;
  /** A sink of its own: its calls may take long and lanes must not wait for them. */
  readonly sink: CommandSink;
  readonly admission: Admission;
  readonly limitIntake: LimitIntake;
  /** Largest value of an event in bytes; one that is larger is parked. */
  readonly maxValueBytes: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly trace: SagaTrace;
  readonly metrics: SagaMetrics;
  readonly owner: string;
  /** A source has died for good. */
  readonly onFatal: (error: Error) => void;
}
