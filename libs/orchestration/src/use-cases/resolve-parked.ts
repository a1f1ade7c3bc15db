import { headerText, type Clock, type Offset, type OutgoingRecord } from '#libs/messaging';
import { assertNoted, type FailureMode } from '../failure-mode.js';
import type { OperatorAction } from '../home-action.js';
import type { AuditRow, ParkedRow } from '../lane-store.js';
import type { OperatorStore } from '../operator-store.js';
import type { HomeMailbox } from './home-mailbox.js';
import type { ActionAnswer, RequestAction } from './request-action.js';
import { RequestError } from './request-error.js';

/** Where a parked record came from; that is its identity. */
export interface ParkedPosition {
  readonly topic: string;
  readonly part: number;
  readonly offset: Offset;
}

/** What to do with a parked record, and who says so. */
export interface ParkedRequest extends ParkedPosition {
  /** `redrive` folds or sends its bytes again, `skip` gives it up. */
  readonly decision: 'redrive' | 'skip';
  readonly by: string;
  readonly reason?: string;
  /** What was found to be the matter. */
  readonly mode?: FailureMode;
}

/** What {@link ResolveParked} works with. */
export interface ResolveParkedOptions {
  readonly store: OperatorStore;
  readonly mailbox: HomeMailbox;
  readonly actions: RequestAction;
  readonly clock: Clock;
  /** Whether a repair needs a reason and a failure mode. Default: not. */
  readonly asksForNotes?: boolean;
}

/**
 * Settles a parked record: takes it up again, or gives it up.
 *
 * One that holds a saga is settled by an action on that saga, which keeps its inputs in order. Any other is sent
 * again before its row is dropped: a crash between the two repeats it, which receivers recognise, and never loses it.
 */
export class ResolveParked {
  constructor(private readonly options: ResolveParkedOptions) {}

  /** @throws RequestError when there is no such record, another one is before it, or its bytes cannot be sent again. */
  async resolve(request: ParkedRequest): Promise<ActionAnswer> {
    const row = await this.options.store.findParked(request.topic, request.part, request.offset);
    if (row === undefined)
      throw new RequestError('UNKNOWN_PARKED_RECORD', `no record of ${positionText(request)} is parked`);
    return row.held && row.saga !== undefined ? this.free(request, row, row.saga) : this.settle(request, row);
  }

  private async free(request: ParkedRequest, row: ParkedRow, saga: string): Promise<ActionAnswer> {
    await this.assertFirst(row, saga);
    const { by, reason, mode } = request;
    const noted = { ...(reason === undefined ? {} : { reason }), ...(mode === undefined ? {} : { mode }) };
    return this.options.actions.request({ saga, action: actionOf(request), by, ...noted });
  }

  /** Only the record that holds the saga can be decided about; those behind it follow by themselves. */
  private async assertFirst(row: ParkedRow, saga: string): Promise<void> {
    const held = (await this.options.store.parked({ saga, limit: 500 })).filter((other) => other.held);
    const first = held.reduce((least, other) => (other.offset < least.offset ? other : least), row);
    if (first.offset === row.offset) return;
    throw new RequestError(
      'INVALID_REQUEST',
      `the record waits behind ${positionText(first)} of the same saga; decide about that one`,
    );
  }

  private async settle(request: ParkedRequest, row: ParkedRow): Promise<ActionAnswer> {
    const { store, mailbox, asksForNotes } = this.options;
    if (asksForNotes === true) assertNoted(actionOf(request), request);
    if (request.decision === 'redrive') await mailbox.publish(recordOf(row));
    const audit = this.auditOf(request, row);
    const dropped = await store.dropParked(row.topic, row.part, row.offset, audit);
    if (dropped) return { kind: 'done', request: audit.request, detail: '' };
    return {
      kind: 'refused',
      request: audit.request,
      detail: 'somebody else has settled this record meanwhile',
    };
  }

  private auditOf(request: ParkedRequest, row: ParkedRow): AuditRow {
    const position = positionText(row);
    const at = this.options.clock.now();
    return {
      request: `${request.decision}/${position}/${at}`,
      saga: row.saga ?? '',
      at,
      action: `${request.decision}-parked`,
      by: request.by,
      ...reasonOf(request),
      result: 'done',
      detail: position,
    };
  }
}

function actionOf({ decision }: ParkedRequest): OperatorAction {
  return decision === 'redrive' ? 'redrive' : 'skip-record';
}

/** Nothing comes back of a record that belongs to no saga, so its mode is only kept to be read. */
function reasonOf({ mode, reason }: ParkedRequest): { readonly reason?: string } {
  const said = [mode, reason].filter((part) => part !== undefined).join(': ');
  return said === '' ? {} : { reason: said };
}

function recordOf(row: ParkedRow): OutgoingRecord {
  return {
    topic: row.topic,
    part: row.part,
    key: row.key === null ? '' : exactText(row.key, 'key'),
    value: row.value === null ? null : exactText(row.value, 'value'),
    headers: Object.fromEntries(
      Object.keys(row.headers).map((name) => [name, headerText(row.headers, name)!]),
    ),
  };
}

/** Records are sent as text; bytes that are not UTF-8 would change on the way, so they are refused. */
function exactText(bytes: Buffer, what: string): string {
  const text = bytes.toString('utf8');
  if (Buffer.from(text, 'utf8').equals(bytes)) return text;
  throw new RequestError(
    'INVALID_REQUEST',
    `the ${what} of the record is not UTF-8, so it would be parked again; skip it, and let its producer send it anew`,
  );
}

function positionText(at: ParkedPosition): string {
  return `${at.topic}/${at.part}/${at.offset}`;
}
