import type { IncidentCode } from '../ends.js';
import type { ActionInput } from '../input.js';
import type { Json } from '../json.js';
import type { ScopeNode } from '../node.js';
import type { Failure } from '../scope-values.js';
import { beginAgainAt } from './beginning-again.js';
import { close } from './block-result.js';
import { catches } from './catching.js';
import { placeAt, type Place } from './chart.js';
import { finish, isFinal, undoAll } from './ending.js';
import type { Operation } from './engine-state.js';
import { fix } from './fixing.js';
import { closeIncident } from './incidents.js';
import { blockOf, type Moment } from './moment.js';
import { findOperation, lastOperation, put, settle, undoOf } from './operations.js';
import { isPastPivot } from './pivot.js';
import { refuse } from './refusing.js';
import { placeOfOverdue } from './scope.js';
import { armScope, interrupt, lowerPath, stopAt } from './stopping.js';
import { disarm } from './timers.js';
import { beginUndo, undone } from './undoing.js';
import { abandon, revoke } from './unwinding.js';

/** What an incident is about. */
type Subject =
  | { readonly kind: 'flow'; readonly place: Place }
  | { readonly kind: 'undo'; readonly operation: Operation }
  | { readonly kind: 'late-success'; readonly operation: Operation }
  | { readonly kind: 'overdue'; readonly place: Place<ScopeNode> }
  | { readonly kind: 'outcome' };

/** Folds what a person asks. What cannot be done is refused, and the saga stays as it is. */
export function act(moment: Moment, { action, by, reason }: ActionInput): Moment {
  switch (action.kind) {
    case 'cancel':
      return cancel(moment, reason ?? `cancelled by ${by}`);
    case 'undo':
      return undoFinished(moment, reason ?? `undone by ${by}`);
    case 'retry':
      return onIncident(moment, action.block, retry);
    case 'skip':
      return onIncident(moment, action.block, (before, id, subject) =>
        skip(
          before,
          id,
          subject,
          action.output,
          `skipped by ${by}${reason === undefined ? '' : `: ${reason}`}`,
        ),
      );
    case 'fix':
      return putRight(moment, action.block, by, reason);
  }
}

/** Undoes a saga that has completed; one that goes on is cancelled. */
function undoFinished(moment: Moment, message: string): Moment {
  if (moment.state.status !== 'completed') return cancel(moment, message);
  return isPastPivot(moment)
    ? refuse(moment, 'PAST_PIVOT', 'the pivot took effect: it can only go on')
    : undoAll(moment, 'compensated', cancellation(moment, message));
}

function cancel(moment: Moment, message: string): Moment {
  const { status, ending } = moment.state;
  if (isFinal(status))
    return refuse(moment, 'FINISHED', `the saga is ${status}: there is nothing left to cancel`);
  if (ending !== undefined && ending.status !== 'completed')
    return refuse(moment, 'ALREADY_UNDOING', 'everything is being undone already');
  if (isPastPivot(moment)) {
    return refuse(
      moment,
      'PAST_PIVOT',
      'the pivot took effect, or nobody knows yet that it did not: it can only go on',
    );
  }
  const failure = cancellation(moment, message);
  const { root } = moment.chart;
  return catches(moment, root as Place<ScopeNode>, 'cancelled')
    ? interrupt(moment, root as Place<ScopeNode>, { signal: 'error', failure })
    : undoAll(moment, 'cancelled', failure);
}

function cancellation(moment: Moment, message: string): Failure {
  return { error: 'cancelled', step: blockOf(moment.chart.root), message, data: null, at: moment.now };
}

function putRight(moment: Moment, block: string, by: string, reason: string | undefined): Moment {
  const { status } = moment.state;
  if (isFinal(status))
    return refuse(moment, 'FINISHED', `the saga is ${status}: nothing of it is undone any more`);
  if (reason === undefined || reason.trim() === '')
    return refuse(moment, 'NO_REASON', 'say how it was put right: that is kept as the proof');
  return fix(moment, block, { by, reason, at: moment.now });
}

/** Finds the one incident that a person means. */
function onIncident(
  moment: Moment,
  block: string | undefined,
  decide: (moment: Moment, id: string, subject: Subject) => Moment,
): Moment {
  const open = Object.entries(moment.state.incidents).filter(
    ([, incident]) => block === undefined || incident.block === block,
  );
  const [first] = open;
  if (first === undefined)
    return refuse(moment, 'NO_INCIDENT', `no incident is open${block === undefined ? '' : ` at ${block}`}`);
  if (block === undefined && open.length > 1) {
    const blocks = open.map(([, incident]) => incident.block).join(', ');
    return refuse(moment, 'AMBIGUOUS', `several incidents are open: name one of the blocks ${blocks}`);
  }
  const [id, { code }] = first;
  const subject = subjectOf(moment, id, code as IncidentCode);
  const stop = subject.kind === 'flow' ? stopAt(moment, subject.place) : 'none';
  const isStopped = stop === 'around' || stop === 'handled';
  return isStopped
    ? refuse(moment, 'STOPPED', 'what is around it has been stopped')
    : decide(moment, id, subject);
}

function subjectOf(moment: Moment, id: string, code: IncidentCode): Subject {
  switch (code) {
    case 'UNDO_FAILED': {
      const found = findOperation(moment, id);
      return found === undefined
        ? { kind: 'flow', place: placeAt(moment.chart, id) }
        : { kind: 'undo', operation: found.operation };
    }
    case 'LATE_SUCCESS':
      return { kind: 'late-success', operation: findOperation(moment, id)!.operation };
    case 'OVERDUE':
      return { kind: 'overdue', place: placeOfOverdue(moment, id) };
    case 'OUTCOME_INVALID':
      return { kind: 'outcome' };
    case 'UNCAUGHT':
    case 'UNKNOWN':
    case 'NOT_SENT':
    case 'SCHEMA_DRIFT':
    case 'DECLARED':
      return { kind: 'flow', place: placeAt(moment.chart, id) };
  }
}

function retry(moment: Moment, id: string, subject: Subject): Moment {
  const closed = closeIncident(moment, id);
  switch (subject.kind) {
    case 'flow':
      return beginAgainAt(moment, subject.place);
    case 'undo':
      return undoAnew(closed, subject.operation);
    case 'late-success':
      if (undoOf(moment, subject.operation) === undefined)
        return refuse(moment, 'CANNOT_UNDO', 'nothing is declared that undoes it');
      return revoke(closed, subject.operation);
    case 'overdue':
      return armScope(closed, subject.place);
    case 'outcome':
      return closed;
  }
}

function skip(moment: Moment, id: string, subject: Subject, output: Json, why: string): Moment {
  const closed = closeIncident(moment, id);
  switch (subject.kind) {
    case 'flow':
      return standIn(moment, subject.place, output);
    case 'undo':
      return undone(moment, subject.operation, 'skipped', why);
    case 'late-success':
    case 'overdue':
      return closed;
    case 'outcome':
      return finish(closed, moment.state.ending!);
  }
}

/** It is asked again whether it is needed. An undo that could not even be said is begun afresh; any other is sent again. */
function undoAnew(moment: Moment, operation: Operation): Moment {
  const again: Operation = operation.undo?.sends === 0 ? { ...operation, undo: undefined } : operation;
  return beginUndo(put(moment, again), again);
}

/** What stands in for an answer is held against the same contract: nobody may say what its participant must not. */
function standIn(moment: Moment, place: Place, output: Json): Moment {
  const { node } = place.site;
  const check = node.kind === 'ask' && node.channel === 'command' ? node.receive : undefined;
  if (output === null || check === undefined) return skipAt(moment, place, output);
  const received = check(output);
  if (received.kind === 'fits') return skipAt(moment, place, received.data);
  const problem = received.kind === 'drift' ? received.problems.join('; ') : received.problem;
  return refuse(
    moment,
    'OUT_OF_BOUNDS',
    `the contract does not allow this in place of an answer: ${problem}`,
  );
}

/** Goes on as if the node had succeeded. What is in doubt counts as done: if need be it is undone like that. */
function skipAt(moment: Moment, place: Place, output: Json): Moment {
  const last = lastOperation(moment, place);
  const settled = last?.standing === 'asked' ? settle(moment, last, 'done', 'skipped') : moment;
  const cleared = abandon(lowerPath(settled, place, place), place);
  return close(disarm(cleared, { frame: place.key }), place, output, 'skipped');
}
