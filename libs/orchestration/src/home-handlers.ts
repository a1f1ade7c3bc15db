import {
  isDeskId,
  keyHash,
  MalformedRecordError,
  openOperation,
  type HomeRecord,
  type InboundRecord,
  type Instant,
  type OperationName,
  type Reply,
  type SagaId,
  type StartHead,
} from '#libs/messaging';
import {
  nextDue,
  type ActionInput,
  type AnswerInput,
  type Json,
  type Program,
  type RefusalReason,
  type SagaInput,
  type SagaState,
} from '#libs/saga';
import { refusedChild } from './desks/child-sagas.js';
import { uninformed } from './desks/informing-sagas.js';
import { admissionRecord, type AdmissionReport } from './desks/admission-messages.js';
import { hasHeard } from './desks/outside.js';
import { handleDeskDue, handleDeskRecord } from './desks/desk-records.js';
import type { Folding } from './folding.js';
import { handleAction } from './home-action.js';
import { handleCircle } from './home-circle.js';
import { handleTrigger } from './home-trigger.js';
import { isFinal, type LiveSaga } from './live-saga.js';
import { openedAnswer } from './opened-answer.js';

/** The part of the loaded definitions a fold needs: the programs of this batch are loaded before it begins. */
export interface Programs {
  programIn(edition: Instant | undefined, definition: string, version: number): Program | undefined;
  /** The edition that a saga begun at `now` keeps. */
  editionAt(now: Instant, definition: string, version: number): Instant | undefined;
  /** The newest version. */
  current(definition: string): Program | undefined;
}

/** Makes the handler of the records of a home partition: what each kind of record means to its saga. */
export function homeRecordHandler(programs: Programs) {
  return (folding: Folding, record: InboundRecord, content: HomeRecord): void => {
    switch (content.kind) {
      case 'start':
        return handleStart(programs, folding, record, content);
      case 'reply':
        return handleReply(folding, record, content);
      case 'due':
        return handleDue(folding, record, content.saga);
      case 'heard':
        return handleHeard(folding, record, content);
      case 'switched':
        return handleSwitched(folding, record, content);
      case 'circle':
        return handleCircle(folding, record, content);
      case 'desk':
        return handleDeskRecord(folding, record, content);
      case 'trigger':
        return handleTrigger(programs, folding, record, content);
      case 'not-sent':
        return handleNotSent(folding, record, content);
      case 'action':
        return handleAction(folding, record, content, (row) => folding.add(row));
    }
  };
}

type Content<K extends HomeRecord['kind']> = Extract<HomeRecord, { readonly kind: K }>;

function handleStart(
  programs: Programs,
  folding: Folding,
  record: InboundRecord,
  content: Content<'start'>,
): void {
  const { head, saga } = content;
  const winner = folding.current(saga) === undefined ? folding.view.winners.get(saga) : saga;
  if (winner !== undefined) return duplicateStart(folding, record, content, winner);
  const edition = programs.editionAt(record.timestamp, head.definition, head.version);
  const program = programs.programIn(edition, head.definition, head.version);
  if (program === undefined) {
    const message = `${head.definition} version ${head.version} is not published; publish it and redrive the record`;
    return folding.park(record, 'unknown-definition', message, saga);
  }
  const linked = head.link && folding.view.findLinked(head.link);
  if (head.link !== undefined && linked === undefined) return unlinked(folding, record, content);
  const begun = folding.begin(
    newSaga(folding, program, content, record, edition),
    keyHash(head.definition, head.businessKey),
    startInput(content, record, { linked, edition }),
    record,
    head.eventId,
  );
  if (begun.kind === 'poison') {
    if (head.parent !== undefined) folding.post(saga, refusedChild(head.parent, { reason: begun.message }));
    if (head.informs !== undefined) folding.post(saga, uninformed(head.informs, begun.message));
    if (head.admitted === true) reportStart(folding, head, { kind: 'not-started', saga });
    return folding.park(record, begun.reason, begun.message, saga);
  }
  auditStart(folding, head, saga, record, 'done', saga);
}

/** There is nothing that it could be about: whoever asked for it is told, and it counts as kept out. */
function unlinked(folding: Folding, record: InboundRecord, { head, saga }: Content<'start'>): void {
  const { definition, eventType: event, request, source: by, admitted } = head;
  folding.countGated({ definition, event, gate: 'unlinked' satisfies RefusalReason, count: 1 });
  if (admitted === true) reportStart(folding, head, { kind: 'not-started', saga });
  if (request === undefined) return;
  const detail = `there is no saga of ${head.link!.definition} with the key ${head.link!.key}`;
  folding.audit({ request, saga, at: record.timestamp, action: 'start', by, result: 'refused', detail });
}

function newSaga(
  folding: Folding,
  program: Program,
  content: Content<'start'>,
  record: InboundRecord,
  edition: Instant | undefined,
): LiveSaga {
  return {
    id: content.saga,
    program,
    // The engine makes the state from the first input; until then there is nothing to read.
    state: { at: record.timestamp, facts: startInput(content, record, { edition }).facts } as SagaState,
    businessKey: content.head.businessKey,
    revision: 0,
    home: record.part,
    wakeAt: undefined,
    held: false,
    trace: folding.options.trace.anchor(content.saga, content.trace),
    finishedAt: undefined,
    outside: undefined,
    isToBeUndone: false,
    isLetGo: false,
    undoCauses: undefined,
    opening: undefined,
  };
}

function startInput(
  content: Content<'start'>,
  record: InboundRecord,
  { linked, edition }: { readonly linked?: Json | undefined; readonly edition?: Instant | undefined } = {},
): SagaInput & { readonly kind: 'start' } {
  const {
    definition,
    version,
    businessKey: key,
    hops,
    toggles,
    parent,
    runBy,
    informs,
    eventType,
    source,
    asker,
  } = content.head;
  const now = record.timestamp;
  const started = { id: content.saga, key, definition, version, startedAt: now, hops };
  const facts = {
    ...started,
    ...(edition !== undefined && { edition }),
    ...(parent !== undefined && { parent }),
    ...(runBy !== undefined && { runBy }),
    ...(informs !== undefined && { informs }),
  };
  const origin = asker === undefined ? { type: eventType, source } : { type: eventType, source, ...asker };
  const input = { kind: 'start', now, facts, input: content.input as Json, toggles, origin } as const;
  return linked === undefined ? input : { ...input, linked };
}

function duplicateStart(
  folding: Folding,
  record: InboundRecord,
  content: Content<'start'>,
  winner: SagaId,
): void {
  if (folding.current(winner) !== undefined) {
    folding.note(winner, startInput(content, record), record, content.head.eventId);
  }
  if (content.head.admitted === true) reportDuplicate(folding, content, winner);
  auditStart(folding, content.head, content.saga, record, 'duplicate', winner);
  const { parent, informs, businessKey, definition } = content.head;
  if (winner === content.saga) return;
  const reason = `there is a ${definition} ${businessKey} already`;
  if (parent !== undefined) folding.post(content.saga, refusedChild(parent, { reason, saga: winner }));
  if (informs !== undefined) folding.post(content.saga, uninformed(informs, reason));
}

/** The desk of the key gave the key to a saga that cannot have it, or asks whether that one still has it. */
function reportDuplicate(folding: Folding, { head, saga }: Content<'start'>, winner: SagaId): void {
  const known = folding.current(winner);
  if (winner !== saga) return reportStart(folding, head, { kind: 'not-started', saga, winner });
  if (known === undefined || isFinal(known.state.status)) reportStart(folding, head, { kind: 'ended', saga });
}

function reportStart(folding: Folding, head: StartHead, message: AdmissionReport): void {
  folding.post(message.saga, admissionRecord(head, message));
}

function auditStart(
  folding: Folding,
  head: StartHead,
  saga: SagaId,
  record: InboundRecord,
  result: 'done' | 'duplicate',
  detail: string,
): void {
  if (head.request === undefined) return;
  const { request, source, asker: { by, reason } = { by: source } } = head;
  const start = { request, saga, at: record.timestamp, action: 'start', by, result, detail };
  folding.audit(reason === undefined ? start : { ...start, reason });
}

function handleReply(folding: Folding, record: InboundRecord, content: Content<'reply'>): void {
  const { reply, saga } = content;
  const operation = openOperation(folding.options.keyring, saga, reply.operation);
  if (operation === undefined) {
    const message =
      'the reply names an operation this coordinator never asked for; saga-operation has to be echoed unchanged';
    return folding.park(record, 'unknown-operation', message, saga);
  }
  const live = folding.current(saga);
  if (live === undefined) return strayReply(folding, record, saga, operation);
  const data = dataOf(folding, record, live, operation, reply);
  if (data === undefined) return;
  const answer: AnswerInput = {
    kind: 'answer',
    now: record.timestamp,
    operation,
    attempt: reply.attempt,
    outcome: reply.outcome,
    ...(reply.error === undefined ? {} : { error: reply.error }),
    ...(reply.retryAfterMs === undefined ? {} : { retryAfterMs: reply.retryAfterMs }),
    data,
  };
  const { usage } = reply;
  applyOrHold(folding, record, saga, usage === undefined ? answer : { ...answer, usage }, reply.id);
}

/** What a reply says; where that cannot be read, its saga waits until somebody has seen to it. */
function dataOf(
  folding: Folding,
  record: InboundRecord,
  live: LiveSaga,
  operation: OperationName,
  reply: Reply,
): Json | undefined {
  try {
    return openedAnswer(live, operation, reply, folding.options.fieldKeys) as Json;
  } catch (error) {
    if (!(error instanceof MalformedRecordError)) throw error;
    if (live.held) folding.queue(live.id, record);
    else folding.hold(live.id, record, error.reason, error.message);
    return undefined;
  }
}

/** A genuine reply without a live saga: it ended long ago, or the database has lost it. Either way it is evidence. */
function strayReply(folding: Folding, record: InboundRecord, saga: SagaId, operation: string): void {
  if (folding.view.archived.has(saga)) {
    return folding.park(record, 'archived-saga', `the saga ended long ago; this answers ${operation}`, saga);
  }
  const message = `a participant answered ${operation} of a saga this database does not know: it may have been restored to an earlier time`;
  folding.park(record, 'lost-saga', message, saga);
  folding.alarm({ saga, id: 'lost-saga', open: true, code: 'LOST_SAGA', message, at: record.timestamp });
}

function handleDue(folding: Folding, record: InboundRecord, saga: SagaId): void {
  if (isDeskId(saga)) return handleDeskDue(folding, record, saga);
  const live = folding.current(saga);
  // A held saga is woken when it is let go; until then its clock has nothing to say.
  if (live === undefined || live.held) return;
  const { timestamp: now } = record;
  const due = nextDue(live.state);
  // Whoever else finds it overdue does not know that its command waits here, or has waited.
  if (due !== undefined && folding.view.isAsleep(saga, due, now)) return;
  applyOrHold(folding, record, saga, { kind: 'due', now });
}

/**
 * Something was said to a saga by a desk or another saga. That one which has ended and is gone does not care any more
 * is nothing to keep: whoever said it will hear, or has heard, that nobody waits.
 */
function handleHeard(folding: Folding, record: InboundRecord, { saga, head, data }: Content<'heard'>): void {
  const live = folding.current(saga);
  if (live === undefined || hasHeard(live.outside, head)) return;
  const input = { kind: 'heard', now: record.timestamp, ...head, data: data as Json } as const;
  applyOrHold(folding, record, saga, input);
}

/** Sagas are told more than once, to be sure; only a change is one. */
function handleSwitched(folding: Folding, record: InboundRecord, { saga, head }: Content<'switched'>): void {
  const toggles = folding.current(saga)?.state.toggles;
  if (toggles === undefined || !Object.hasOwn(toggles, head.toggle) || toggles[head.toggle] === head.on)
    return;
  applyOrHold(folding, record, saga, { kind: 'switched', now: record.timestamp, ...head });
}

function handleNotSent(folding: Folding, record: InboundRecord, content: Content<'not-sent'>): void {
  const { saga, operation, attempt, reason } = content;
  const at = record.timestamp;
  const incident = { id: `not-sent:${operation}`, open: true, code: 'NOT_SENT', message: reason, at };
  // A desk has no incidents of its own, and nothing that it says to others is waited for.
  if (isDeskId(saga)) return folding.alarm(incident);
  if (folding.current(saga) === undefined) return folding.park(record, 'lost-saga', reason, saga);
  if (operation.startsWith('tell:')) return folding.alarm({ saga, ...incident });
  applyOrHold(folding, record, saga, { kind: 'not-sent', now: record.timestamp, operation, attempt, reason });
}

function applyOrHold(
  folding: Folding,
  record: InboundRecord,
  saga: SagaId,
  input: Exclude<SagaInput, ActionInput>,
  cause?: string,
): void {
  if (folding.current(saga)!.held) return folding.queue(saga, record);
  const applied = folding.apply(saga, input, record, cause);
  if (applied.kind === 'poison') folding.hold(saga, record, applied.reason, applied.message);
}
