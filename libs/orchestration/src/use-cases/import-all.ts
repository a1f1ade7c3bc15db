import { hash16, homeOf, uuidText, type Clock, type Instant } from '#libs/messaging';
import { formatProblem } from '#libs/saga';
import type { Installation } from '../installation-store.js';
import type { AuditRow } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { TopicAdmin } from '../topic-admin.js';
import type { MarkedDocument, MarkedPublication, TransferStore } from '../transfer-store.js';
import { compileDocuments } from './compile-documents.js';
import { identityOf } from './document-pieces.js';
import { ImportReading, type ImportSteps } from './import-reading.js';
import { numberedLines } from './numbered-lines.js';
import type { PortableCounts, PortableSaga } from './portable-line.js';
import { provideTopics, type TopicPolicy } from './provide-topics.js';
import { RequestError } from './request-error.js';

/** An export, and who imports it. */
export interface ImportRequest {
  readonly content: AsyncIterable<Uint8Array>;
  readonly by: string;
  readonly reason?: string;
}

/** What an import came to. */
export interface Imported extends PortableCounts {
  /** The installation the export is from, and when it was made. */
  readonly from: string;
  readonly at: Instant;
  /** So many sagas were not here before. */
  readonly newSagas: number;
  readonly topicsCreated: readonly string[];
}

/** What {@link ImportAll} works with. */
export interface ImportAllOptions {
  readonly store: TransferStore;
  readonly installation: Pick<Installation, 'homePartitions'>;
  readonly definitions: Pick<LoadedDefinitions, 'refresh'>;
  readonly topics: TopicAdmin;
  readonly topicPolicy: TopicPolicy;
  readonly clock: Clock;
}

/**
 * Brings an export into an installation in which nothing is published and no saga was.
 *
 * Definitions come as a whole, before any saga, and only if they compile here; sagas come as they are read, each whole or
 * not at all. Cut off or refused half-way it is said again with the same export: what is here by then stays as it is.
 */
export class ImportAll {
  constructor(private readonly options: ImportAllOptions) {}

  /** @throws RequestError naming the first line that is wrong; NOT_EMPTY where something else is here already. */
  async import({ content, by, reason }: ImportRequest): Promise<Imported> {
    const created: string[] = [];
    const steps: ImportSteps = {
      begin: async ({ installation, at }, publication) => {
        const request = uuidText(hash16('import', installation, String(at)));
        const detail = `${installation} ${new Date(at).toISOString()}`;
        const what = { action: 'import', by, ...(reason === undefined ? {} : { reason }), detail };
        const audit = { request, saga: '', at: this.options.clock.now(), result: 'done', ...what } as const;
        created.push(...(await this.begin(publication, audit)));
      },
      take: (sagas) => this.options.store.take(sagas.map((saga) => this.atHome(saga))),
    };
    const reading = new ImportReading(steps);
    for await (const line of numberedLines(content)) await reading.read(line);
    return { ...reading.result(), topicsCreated: created };
  }

  private async begin(publication: MarkedPublication, audit: AuditRow): Promise<readonly string[]> {
    const { store, definitions, topics, topicPolicy } = this.options;
    const { programs, problems } = compileDocuments(presentOf(publication.documents), publication.files);
    const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
    if (errors.length > 0)
      throw new RequestError('INVALID_DEFINITIONS', 'definitions of the export have errors', errors);
    // Refused before anything is stored, and made only when it is: somewhere else they would only be in the way.
    if (!topicPolicy.create) await provideTopics(topics, topicPolicy, programs);
    if ((await store.begin(publication, audit)) === 'occupied')
      throw new RequestError(
        'NOT_EMPTY',
        'something is published here or there are sagas, and not from this export: import into an empty installation',
      );
    const created = await provideTopics(topics, topicPolicy, programs);
    await definitions.refresh();
    return created;
  }

  private atHome(saga: PortableSaga) {
    const home = homeOf(saga.instance.id, this.options.installation.homePartitions);
    return { ...saga, instance: { ...saga.instance, home } };
  }
}

/** Of several texts of one document the newest. */
function presentOf(documents: readonly MarkedDocument[]): readonly MarkedDocument[] {
  return [...new Map(documents.map((document) => [identityOf(document), document])).values()];
}
