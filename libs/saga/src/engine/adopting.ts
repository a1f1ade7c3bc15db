import type { Json } from '../json.js';
import type { Operation } from './engine-state.js';
import { openIncident } from './incidents.js';
import { awaitConfirmation } from './confirming.js';
import { done, type Moment } from './moment.js';
import { current, nameOf, nodeOf, placeOf, put, quieten, settle, undoOf } from './operations.js';
import { recordResult } from './recording.js';
import { reopen, stopAt } from './stopping.js';
import { disown, revoke } from './unwinding.js';

/**
 * An operation took effect, as its participant says now, perhaps late.
 *
 * The flow goes on with it if it still waits. If it went on without it, the effect is undone; what cannot be undone
 * is left to a person where it is the pivot, and stays where the definition says that it may.
 */
export function tookEffect(moment: Moment, operation: Operation, output: Json): Moment {
  switch (operation.standing) {
    case 'asked':
      if (operation.confirm !== undefined && operation.confirm !== 'proved')
        return awaitConfirmation(moment, operation, output);
      return stopAt(moment, placeOf(moment, operation)) === 'handled'
        ? keep(moment, operation, output)
        : adopt(moment, operation, output);
    case 'suspect':
      return disown(moment, withOutput(moment, operation, output));
    case 'refused':
    case 'left':
      return surprise(moment, operation, output);
    case 'done':
    case 'covered':
    case 'revoked':
    case 'undone':
      return moment;
  }
}

/** The flow goes on with an operation that it has waited for. */
export function adopt(moment: Moment, operation: Operation, output: Json): Moment {
  const place = placeOf(moment, operation);
  const settled = settle(moment, withOutput(moment, operation, output), 'done', 'succeeded');
  return done(reopen(recordResult(settled, operation, 'succeeded', output), place), place);
}

/** A handler is at work on an error raised around it: the success is kept until the handler comes back, if it does. */
function keep(moment: Moment, operation: Operation, output: Json): Moment {
  if (operation.do!.state === 'succeeded') return moment;
  const quiet = quieten(moment, operation);
  return put(quiet, { ...current(quiet, operation), output, do: { ...operation.do!, state: 'succeeded' } });
}

function surprise(moment: Moment, operation: Operation, output: Json): Moment {
  const { block, effect, pivot, undo } = nodeOf(moment, operation);
  if (!effect) return moment;
  const isFinal = moment.state.status !== 'running' && moment.state.status !== 'compensating';
  if (undo !== undefined && !isFinal) {
    return revoke(moment, withOutput(moment, operation, output));
  }
  if (undo === undefined && !pivot) return moment;
  const message = 'it took effect after the saga had gone on without it';
  return openIncident(moment, nameOf(moment, operation, 'do'), { block, code: 'LATE_SUCCESS', message });
}

function withOutput(moment: Moment, operation: Operation, output: Json): Operation {
  if (readsOutput(moment, operation)) return { ...operation, output };
  if (operation.output === undefined) return operation;
  const { output: _, ...rest } = operation;
  return rest;
}

/** Whether an undo may look at what came of it. */
function readsOutput(moment: Moment, operation: Operation): boolean {
  const undo = undoOf(moment, operation);
  if (undo === undefined) return false;
  return undo.unless !== undefined || !('call' in undo) || undo.data !== undefined;
}
