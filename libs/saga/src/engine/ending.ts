import type { SagaStatus } from '../effect.js';
import type { IncidentCode } from '../ends.js';
import { isEngineError } from '../engine-errors.js';
import type { Instant, Json } from '../json.js';
import type { Failure } from '../scope-values.js';
import { verdicts, type Verdict } from '../verdict.js';
import type { Ending, Operation } from './engine-state.js';
import { inquire } from './doubting.js';
import { isListening } from './exchange.js';
import { closeIncident, openIncident } from './incidents.js';
import { blockOf, change, emit, forget, type Moment } from './moment.js';
import { isUnwanted, mayBeDone, nodeOf, plannedUndos } from './operations.js';
import { isPastPivot } from './pivot.js';
import { stick } from './raising.js';
import { restsUntil } from './resting.js';
import { placeAt } from './chart.js';
import { freeze } from './stopping.js';
import { arm, disarm } from './timers.js';
import { isReady } from './undo-order.js';
import { abandon, unwind } from './unwinding.js';
import { evaluate, type Evaluated } from './values.js';

/** Incident about an outcome event that cannot be made. */
export const outcomeIncident = 'outcome';

/** Whether nothing but late answers can follow. */
export function isFinal(status: SagaStatus): boolean {
  return status === 'completed' || status === 'compensated' || status === 'cancelled';
}

/** The flow has come to its end; it is the saga's as soon as nothing is left to be undone beside it. */
export function complete(moment: Moment, result?: string): Moment {
  const { root } = moment.chart;
  const closed = disarm(forget(abandon(moment, root), root), { frame: root.key });
  const { facts } = closed.state;
  if (result === undefined) return change(closed, { ending: { status: 'completed' } });
  return change(closed, { ending: { status: 'completed', result }, facts: { ...facts, result } });
}

/** What was raised at `origin` left the saga: before the pivot everything is undone, behind it a person is needed. */
export function uncaught(moment: Moment, origin: string): Moment {
  const raised = moment.state.raised[origin]!;
  switch (raised.signal) {
    case 'end':
      return complete(moment, raised.result);
    case 'undo-all':
      return isPastPivot(moment)
        ? stickAt(moment, origin, raised.failure)
        : undoAll(moment, endingFor(moment, raised.failure), raised.failure);
    case 'error': {
      const told = tellUncaught(moment, raised.failure);
      return mustNotUndo(told, raised.failure)
        ? stickAt(told, origin, raised.failure)
        : undoAll(told, endingFor(told, raised.failure), raised.failure);
    }
    case 'incident':
      return moment;
  }
}

/** What participants and definitions may raise is a path of the saga, whether somebody handles it or not. */
function tellUncaught(moment: Moment, { error, step: block }: Failure): Moment {
  return isEngineError(error)
    ? moment
    : emit(moment, { kind: 'caught', path: `${block}.${error}`, error, block, isUncaught: true });
}

/**
 * Decides that everything done so far is to be undone.
 *
 * Where the reason is doubt or time, the plan is held back while what is in doubt is verified, and until the first
 * thing would be undone: a late success withdraws it.
 */
export function undoAll(moment: Moment, status: 'compensated' | 'cancelled', failure: Failure): Moment {
  const { root } = moment.chart;
  const frozen = disarm(freeze(moment, root), { frame: root.key });
  const ending: Ending = { status, decidedAt: moment.now };
  const decided = change(frozen, { status: 'compensating', failure, ending });
  const mayBeHeld = status === 'compensated' && isDoubt(failure);
  return mayBeHeld ? hold(verifyDoubts(decided), ending) : commit(decided, ending);
}

/** Goes on with a plan that was held back, once nothing can withdraw it any more. */
export function pursueHeld(moment: Moment): Moment {
  const { ending } = moment.state;
  if (ending?.isHeld !== true || mayBeWithdrawn(moment)) return moment;
  return commit(moment, ending);
}

/** Ends the saga, once every operation it sent is settled. */
export function pursueEnd(moment: Moment): Moment {
  const { ending, status, operations } = moment.state;
  if (ending === undefined || ending.isHeld === true || isFinal(status) || operations.some(isUnwanted))
    return moment;
  return outcomeIncident in moment.state.incidents ? moment : tellOutcome(moment, ending);
}

/** Ends the saga without the event about it, or after it. */
export function finish(moment: Moment, { status, result }: Ending, verdict?: Verdict): Moment {
  const closed = Object.entries(moment.state.incidents).reduce(
    (before, [id, { code }]) => (code === 'LATE_SUCCESS' ? before : closeIncident(before, id)),
    moment,
  );
  const { failure } = closed.state;
  const finished = change(closed, { status, timers: [], frames: {} });
  const reason = status === 'completed' ? undefined : failure;
  return emit(finished, {
    kind: 'finish',
    status,
    ...(result !== undefined && { result }),
    ...(reason && { failure: reason }),
    ...(verdict && { verdict }),
  });
}

function tellOutcome(moment: Moment, ending: Ending): Moment {
  const { root, program } = moment.chart;
  const outcome = program.outcomes[ending.status];
  const judge = program.judges?.[ending.status];
  if (outcome === undefined && judge === undefined) return finish(moment, ending);
  const block = blockOf(root);
  const verdict = judge && judged(evaluate(moment, root, judge));
  if (verdict?.ok === false)
    return openIncident(moment, outcomeIncident, {
      block,
      code: 'OUTCOME_INVALID',
      message: verdict.message,
    });
  if (outcome === undefined) return finish(moment, ending, verdict?.value);
  const data = evaluate(moment, root, outcome.data);
  if (!data.ok)
    return openIncident(moment, outcomeIncident, { block, code: 'OUTCOME_INVALID', message: data.message });
  const told = {
    kind: 'tell',
    id: `outcome/${ending.status}`,
    block,
    event: outcome.event,
    data: data.value,
  } as const;
  return finish(emit(moment, told), ending, verdict?.value);
}

function judged(said: Evaluated<Json>): Evaluated<Verdict> {
  if (!said.ok) return said;
  const verdict = verdicts.find((one) => one === said.value);
  if (verdict !== undefined) return { ok: true, value: verdict };
  const message = `a verdict is one of ${verdicts.join(', ')}, and this is ${JSON.stringify(said.value)}`;
  return { ok: false, error: 'invalid', message };
}

function hold(moment: Moment, ending: Ending): Moment {
  if (!mayBeWithdrawn(moment)) return commit(moment, ending);
  const held = change(moment, { ending: { ...ending, isHeld: true } });
  const until = firstUndoAt(moment);
  return until > moment.now ? arm(held, { frame: moment.chart.root.key }, until) : held;
}

function commit(moment: Moment, { status, decidedAt }: Ending): Moment {
  const { root } = moment.chart;
  const timeless = disarm(unwind(moment, root), { frame: root.key });
  return change(forget(timeless, root), {
    ending: { status, ...(decidedAt !== undefined && { decidedAt }) },
  });
}

/** Whether a late success is hoped for: it is asked about, or nothing is undone yet. */
function mayBeWithdrawn(moment: Moment): boolean {
  return isVerifying(moment) || (firstUndoAt(moment) > moment.now && isInDoubt(moment));
}

/** When the first undo of the plan would be sent. */
function firstUndoAt(moment: Moment): Instant {
  const entries = plannedUndos(moment);
  const first = entries.filter((operation, index) => isReady(moment, operation, entries.slice(index + 1)));
  const rests = first.map(
    (operation) => restsUntil(moment, operation, moment.state.ending?.decidedAt) ?? moment.now,
  );
  return rests.length === 0 ? moment.now : Math.min(...rests);
}

function isInDoubt(moment: Moment): boolean {
  return moment.state.operations.some((operation) => isDoubtful(moment, operation));
}

function isDoubtful(moment: Moment, operation: Operation): boolean {
  return operation.standing === 'asked' && nodeOf(moment, operation).effect && mayBeDone(operation);
}

/** What a person stopped ends as cancelled, even where a handler had its part in it. */
function endingFor(moment: Moment, { error, step }: Failure): 'compensated' | 'cancelled' {
  return error === 'cancelled' && step === blockOf(moment.chart.root) ? 'cancelled' : 'compensated';
}

function verifyDoubts(moment: Moment): Moment {
  return moment.state.operations.reduce(
    (before, operation) => (isDoubtful(before, operation) ? (inquire(before, operation) ?? before) : before),
    moment,
  );
}

function isVerifying(moment: Moment): boolean {
  return moment.state.operations.some(
    (operation) => operation.standing === 'asked' && isListening(moment, operation, 'verify'),
  );
}

function isDoubt({ error }: Failure): boolean {
  return error === 'unknown' || error === 'unconfirmed' || error === 'timed-out';
}

function mustNotUndo(moment: Moment, { error, isDrift }: Failure): boolean {
  return isDrift === true || error === 'unknown' || error === 'unconfirmed' || isPastPivot(moment);
}

function stickAt(moment: Moment, origin: string, failure: Failure): Moment {
  return stick(moment, placeAt(moment.chart, origin), codeOf(failure), failure);
}

function codeOf({ error, isDrift }: Failure): IncidentCode {
  if (isDrift === true) return 'SCHEMA_DRIFT';
  return error === 'unknown' || error === 'unconfirmed' ? 'UNKNOWN' : 'UNCAUGHT';
}
