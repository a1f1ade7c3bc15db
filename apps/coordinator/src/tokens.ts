import type { CommandSink, EventSource } from '#libs/messaging';

/** Injection token of {@link import('./configuration.js').Configuration}. */
export const CONFIGURATION = Symbol('configuration');

/** Injection token of the installation this process belongs to, checked or made at start. */
export const INSTALLATION = Symbol('installation');

/** Injection token of {@link import('#libs/observability').Tracing}. */
export const TRACING = Symbol('tracing');

/** Makes the readers of a coordinator: each is a member of a consumer group of its own. */
export abstract class Sources {
  /** Reads the home topic for lanes. */
  abstract home(topic: string, group: string): EventSource;
  /** Reads domain topics for gates. */
  abstract domain(topics: readonly string[], group: string): EventSource;
}

/** Makes producers; each keeps its own order. */
export abstract class Sinks {
  abstract make(): CommandSink;
}

/** What was opened at start and is closed when everything that uses it has stopped. */
export abstract class Connections {
  abstract close(): Promise<void>;
}
