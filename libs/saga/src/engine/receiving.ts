import type { Json } from '../json.js';
import type { Received } from '../received.js';
import { ageProblem, doubtAge } from './aging.js';
import { tookEffect } from './adopting.js';
import type { Operation } from './engine-state.js';
import { setExchange } from './exchange.js';
import { emit, type Moment } from './moment.js';
import { nodeOf, placeOf, quieten } from './operations.js';
import { failureOf, raise } from './raising.js';
import { recordResult } from './recording.js';
import { stopAt } from './stopping.js';

/**
 * An operation took effect, and its participant says what came of it.
 *
 * What it says is held against its contract first. An answer that cannot be read, or is out of bounds, leaves the
 * operation in doubt: it was done, but nobody may go on with what it said. So it is never done twice for that, and what
 * undoes doubt undoes it.
 */
export function receive(
  moment: Moment,
  operation: Operation,
  way: 'do' | 'verify',
  data: Json,
  attempt?: number,
): Moment {
  const { receive: check, fresh } = nodeOf(moment, operation);
  if (operation.standing !== 'asked') return tookEffect(moment, operation, data);
  if (check === undefined && fresh === undefined) return tookEffect(moment, operation, data);
  const received = check?.(data) ?? { kind: 'fits', data };
  const noted = note(moment, operation, received);
  if (received.kind !== 'fits') return misunderstood(noted, operation, received);
  const age = fresh && ageProblem(noted, operation, fresh, received.data);
  return age === undefined
    ? tookEffect(noted, operation, received.data)
    : doubtAge(noted, operation, { way, attempt, problem: age });
}

function note(moment: Moment, operation: Operation, received: Received): Moment {
  const { block, call } = nodeOf(moment, operation);
  const kept = 'kept' in received ? received.kept : undefined;
  const recorded =
    kept === undefined
      ? moment
      : emit(moment, { kind: 'noted', block, note: { what: 'recorded', call, data: kept } });
  switch (received.kind) {
    case 'fits':
      return received.changes === undefined
        ? recorded
        : emit(recorded, {
            kind: 'noted',
            block,
            note: { what: 'put-right', call, changes: received.changes },
          });
    case 'drift':
      return emit(recorded, {
        kind: 'noted',
        block,
        note: { what: 'drifted', call, problems: received.problems },
      });
    case 'denied':
      return emit(recorded, {
        kind: 'noted',
        block,
        note: { what: 'denied', call, problem: received.problem },
      });
  }
}

function misunderstood(
  moment: Moment,
  operation: Operation,
  received: Exclude<Received, { kind: 'fits' }>,
): Moment {
  const place = placeOf(moment, operation);
  const quiet = quieten(moment, operation);
  const given = setExchange(quiet, operation, 'do', { ...operation.do!, state: 'doubtful' });
  if (stopAt(moment, place) !== 'none') return given;
  const told = recordResult(given, operation, 'invalid', null);
  const message = received.kind === 'drift' ? received.problems.join('; ') : received.problem;
  const failure = failureOf(moment, place, 'invalid', message);
  return raise(told, place, {
    signal: 'error',
    failure: received.kind === 'drift' ? { ...failure, isDrift: true } : failure,
  });
}
