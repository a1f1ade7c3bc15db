import type { Instant, SagaId } from '#libs/messaging';
import { StoreRefusedError } from '../store-errors.js';
import type { MarkedDocument, MarkedFile, MarkedPublication } from '../transfer-store.js';
import type { NumberedLine } from './numbered-lines.js';
import type { PortableCounts, PortableLine, PortableSaga } from './portable-line.js';
import { readPortableLine } from './read-portable-line.js';
import { RequestError } from './request-error.js';

/** Where an export comes from. */
export interface ExportOrigin {
  readonly installation: string;
  readonly at: Instant;
}

/** What is done with what was read. */
export interface ImportSteps {
  /** Called once, with everything published, before the first sagas. */
  readonly begin: (from: ExportOrigin, publication: MarkedPublication) => Promise<void>;
  /** Takes a few sagas, and says how many were new. */
  readonly take: (sagas: readonly PortableSaga[]) => Promise<number>;
}

/** What was read in all. */
export interface ReadExport extends PortableCounts {
  readonly from: string;
  readonly at: Instant;
  readonly newSagas: number;
}

/** So many sagas, or so many characters of them, are taken at a time. */
const MOST_SAGAS = 100;
const MOST_CHARACTERS = 2_000_000;

/** Reads the lines of an export in their order: its head, definitions and files, sagas in the order of their ids, its end. */
export class ImportReading {
  private origin: ExportOrigin | undefined;
  private readonly documents: MarkedDocument[] = [];
  private readonly files: MarkedFile[] = [];
  private hasBegun = false;
  private pending: PortableSaga[] = [];
  private pendingFrom = 0;
  private pendingCharacters = 0;
  private last: SagaId = '';
  private sagas = 0;
  private newSagas = 0;
  private counts: PortableCounts | undefined;

  constructor(private readonly steps: ImportSteps) {}

  /** @throws RequestError that names the line. */
  async read({ no, text }: NumberedLine): Promise<void> {
    const line = atLine(no, () => this.inTurn(readPortableLine(text)));
    if (line.kind === 'saga' || line.kind === 'end') await this.begin();
    if (line.kind === 'saga') await this.add(line.saga, no, text.length);
    if (line.kind === 'end') await this.flush(no - 1);
  }

  /** @throws RequestError when the export is cut off. */
  result(): ReadExport {
    if (this.origin === undefined) throw new RequestError('INVALID_REQUEST', 'there is nothing in it');
    if (this.counts === undefined)
      throw new RequestError(
        'INVALID_REQUEST',
        `the export has no last line: it was cut off after ${this.sagas} sagas; import it again when it is whole`,
      );
    const { installation: from, at } = this.origin;
    return { from, at, ...this.counts, newSagas: this.newSagas };
  }

  /** Notes what the line says, if it may stand where it does. */
  private inTurn(line: PortableLine): PortableLine {
    if (this.counts !== undefined) throw outOfTurn('something stands behind the last line');
    if ((this.origin === undefined) !== (line.kind === 'skald-export'))
      throw outOfTurn('an export begins with one line of kind skald-export');
    switch (line.kind) {
      case 'skald-export':
        this.origin = line;
        break;
      case 'definition':
      case 'file':
        this.note(line);
        break;
      case 'saga':
        if (line.saga.instance.id <= this.last) throw outOfTurn('sagas stand in the order of their ids');
        this.last = line.saga.instance.id;
        this.sagas += 1;
        break;
      case 'end':
        this.compare(line.counts);
        this.counts = line.counts;
        break;
    }
    return line;
  }

  private note(line: Extract<PortableLine, { readonly kind: 'definition' | 'file' }>): void {
    if (this.hasBegun) throw outOfTurn('definitions and files stand before the sagas');
    if (line.kind === 'file') return void this.files.push(line.file);
    if (line.definition.revision < (this.documents.at(-1)?.revision ?? 0))
      throw outOfTurn('definitions stand in the order of their revisions');
    this.documents.push(line.definition);
  }

  private compare(counts: PortableCounts): void {
    const read = { definitions: this.documents.length, files: this.files.length, sagas: this.sagas };
    for (const name of ['definitions', 'files', 'sagas'] as const)
      if (read[name] !== counts[name])
        throw outOfTurn(`it says that there are ${counts[name]} ${name}, and there are ${read[name]}`);
  }

  private async begin(): Promise<void> {
    if (this.hasBegun) return;
    this.hasBegun = true;
    await this.steps.begin(this.origin!, { documents: this.documents, files: this.files });
  }

  private async add(saga: PortableSaga, no: number, characters: number): Promise<void> {
    if (this.pending.length === 0) this.pendingFrom = no;
    this.pending.push(saga);
    this.pendingCharacters += characters;
    if (this.pending.length >= MOST_SAGAS || this.pendingCharacters >= MOST_CHARACTERS) await this.flush(no);
  }

  private async flush(until: number): Promise<void> {
    const sagas = this.pending;
    if (sagas.length === 0) return;
    this.pending = [];
    this.pendingCharacters = 0;
    try {
      this.newSagas += await this.steps.take(sagas);
    } catch (error) {
      if (!(error instanceof StoreRefusedError)) throw error;
      throw new RequestError('INVALID_REQUEST', `lines ${this.pendingFrom} to ${until}: ${error.message}`);
    }
  }
}

function atLine<Result>(no: number, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof RequestError) throw new RequestError(error.code, `line ${no}: ${error.message}`);
    throw error;
  }
}

function outOfTurn(message: string): RequestError {
  return new RequestError('INVALID_REQUEST', message);
}
