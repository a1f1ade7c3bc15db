import { hash16, uuidText, type Clock, type SagaId } from '#libs/messaging';
import type { Installation } from '../installation-store.js';
import type { OperatorStore } from '../operator-store.js';
import type { MarkedPublication, TransferStore } from '../transfer-store.js';
import { portableText } from './portable-line.js';

/** Who wants everything, and why. */
export interface ExportRequest {
  readonly by: string;
  readonly reason: string;
}

/** What {@link ExportAll} works with. */
export interface ExportAllOptions {
  readonly store: TransferStore;
  readonly operators: Pick<OperatorStore, 'note'>;
  readonly installation: Pick<Installation, 'name'>;
  readonly clock: Clock;
}

/** So many sagas are read at a time: a state may have 256,000 bytes, and its history several times that. */
const PAGE = 50;

/**
 * Everything published and every saga that is over, as lines of JSON: who published what and when, then the sagas in the
 * order of their ids, each with its history, its incidents and what people did about it.
 *
 * Nothing is covered, so the audit keeps who took it, and why. A saga that ends meanwhile may be in it or not.
 */
export class ExportAll {
  constructor(private readonly options: ExportAllOptions) {}

  /** The lines, each with its end; read as they are asked for. */
  async export({ by, reason }: ExportRequest): Promise<AsyncGenerator<string>> {
    const { store, operators, installation, clock } = this.options;
    const at = clock.now();
    const publication = await store.published();
    const request = uuidText(hash16('export', installation.name, by, reason, String(at)));
    const what = { action: 'export', result: 'done', detail: installation.name } as const;
    await operators.note({ request, saga: '', at, by, reason, ...what });
    const head = portableText({ kind: 'skald-export', installation: installation.name, at });
    return this.lines(head, publication);
  }

  private async *lines(head: string, { documents, files }: MarkedPublication): AsyncGenerator<string> {
    yield head;
    for (const definition of documents) yield portableText({ kind: 'definition', definition });
    for (const file of files) yield portableText({ kind: 'file', file });
    let sagas = 0;
    for await (const line of this.sagaLines()) {
      sagas += 1;
      yield line;
    }
    const leftOut = await this.options.store.countUnended();
    const counts = { definitions: documents.length, files: files.length, sagas, leftOut };
    yield portableText({ kind: 'end', counts });
  }

  private async *sagaLines(): AsyncGenerator<string> {
    let after: SagaId | undefined;
    for (;;) {
      const page = await this.options.store.ended(after, PAGE);
      for (const saga of page) yield portableText({ kind: 'saga', saga });
      if (page.length < PAGE) return;
      after = page.at(-1)!.instance.id;
    }
  }
}
