import type { Instant, Json } from '#libs/messaging';
import type { EndedSaga, MarkedDocument, MarkedFile } from '../transfer-store.js';

/** The format written here, and the only one read. */
export const portableFormat = 1;

/** How many of each an export holds, and how many sagas it had to leave out. */
export interface PortableCounts {
  readonly definitions: number;
  readonly files: number;
  readonly sagas: number;
  /** Sagas that had not ended, or waited for a person. */
  readonly leftOut: number;
}

/** A saga of an export: its home is a matter of the installation it lives in. */
export type PortableSaga = Omit<EndedSaga, 'instance'> & {
  readonly instance: Omit<EndedSaga['instance'], 'home'>;
};

/** What one line of an export says. */
export type PortableLine =
  | { readonly kind: 'skald-export'; readonly installation: string; readonly at: Instant }
  | { readonly kind: 'definition'; readonly definition: MarkedDocument }
  | { readonly kind: 'file'; readonly file: MarkedFile }
  | { readonly kind: 'saga'; readonly saga: PortableSaga }
  | { readonly kind: 'end'; readonly counts: PortableCounts };

/** The line as text, with its end: JSON, with times as ISO 8601 and without JSON inside of texts. */
export function portableText(line: PortableLine): string {
  return `${JSON.stringify(bodyOf(line))}\n`;
}

function bodyOf(line: PortableLine): object {
  switch (line.kind) {
    case 'skald-export':
      return {
        kind: line.kind,
        format: portableFormat,
        installation: line.installation,
        at: timeText(line.at),
      };
    case 'definition': {
      const { kind: of, publishedAt, ...document } = line.definition;
      return { kind: line.kind, of, ...document, publishedAt: timeText(publishedAt) };
    }
    case 'file': {
      const { publishedAt, ...file } = line.file;
      return { kind: line.kind, ...file, publishedAt: timeText(publishedAt) };
    }
    case 'saga':
      return { kind: line.kind, ...sagaBody(line.saga) };
    case 'end':
      return { kind: line.kind, ...line.counts };
  }
}

function sagaBody({ instance, holdsKey, history, incidents, audits }: PortableSaga): object {
  const { id, definition, version, businessKey, status, revision, trace } = instance;
  return {
    id,
    definition,
    version,
    businessKey,
    holdsKey,
    status,
    revision,
    startedAt: timeText(instance.startedAt),
    finishedAt: timeText(instance.finishedAt),
    wakeAt: instance.wakeAt === undefined ? undefined : timeText(instance.wakeAt),
    trace,
    state: JSON.parse(instance.state) as Json,
    history: history.map((row) => ({
      revision: row.revision,
      at: timeText(row.at),
      entries: JSON.parse(row.entries) as Json,
    })),
    incidents: incidents.map(({ openedAt, closedAt, ...incident }) => ({
      ...incident,
      // It stands in the saga.
      saga: undefined,
      openedAt: timeText(openedAt),
      closedAt: closedAt === undefined ? undefined : timeText(closedAt),
    })),
    audits: audits.map((audit) => ({ ...audit, saga: undefined, at: timeText(audit.at) })),
  };
}

function timeText(at: Instant): string {
  return new Date(at).toISOString();
}
