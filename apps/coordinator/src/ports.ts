import type { Clock, CommandSink, EventSource, Log } from '#libs/messaging';
import type { Metrics, Tracing } from '#libs/observability';
import type {
  DefinitionStore,
  HousekeepingStore,
  InstallationStore,
  LaneStore,
  OperatorStore,
  TransferStore,
} from '#libs/orchestration';
import type { Configuration } from './configuration.js';

/** Injection token of the installation this process belongs to, checked or made at start. */
export const INSTALLATION = Symbol('installation');

/** What a process brings along before anything is connected. */
export abstract class Surroundings {
  abstract readonly configuration: Configuration;
  abstract readonly clock: Clock;
  abstract readonly log: Log;
  abstract readonly tracing: Tracing;
  abstract readonly metrics: Metrics;
}

/** Every store of a coordinator, connected and checked. */
export abstract class Stores {
  abstract readonly lanes: LaneStore;
  abstract readonly operators: OperatorStore;
  abstract readonly housekeeping: HousekeepingStore;
  abstract readonly definitions: DefinitionStore;
  abstract readonly installations: InstallationStore;
  abstract readonly transfers: TransferStore;

  /** Closes the connections; called when everything that uses them has stopped. */
  abstract stop(): Promise<void>;
}

/** What a coordinator reads and writes of a broker. */
export abstract class Traffic {
  /** Makes the reader of the home topic for lanes. */
  abstract home(topic: string, group: string): EventSource;
  /** Makes a reader of domain topics for gates. */
  abstract domain(topics: readonly string[], group: string): EventSource;
  /** What lanes publish through. */
  abstract readonly laneSink: CommandSink;
  /** What gates and the API reach home partitions through; a producer of its own, so that neither waits for the lanes. */
  abstract readonly homeSink: CommandSink;
}
