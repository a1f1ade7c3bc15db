import { iterationKeys } from '../operation-name.js';
import { isWithin, placeAt, placeIn } from './chart.js';
import type { Exchange, Fix, Operation } from './engine-state.js';
import { forget, type Moment } from './moment.js';
import { current, isUnwanted, mayBeDone, nameOf, put, settle } from './operations.js';
import { refuse } from './refusing.js';
import { listAt } from './undo-list.js';
import { undone } from './undoing.js';
import { abandon } from './unwinding.js';

/**
 * A person has put right by hand what `block` did; `<block>@<item>` means one iteration of the loops around it.
 *
 * What is to be undone, now or later, is not undone any more. Where the undo was sent and nobody knows what came of it,
 * the person has to wait: both may have happened.
 */
export function fix(moment: Moment, block: string, proof: Fix): Moment {
  const concerned = operationsOf(moment, block).filter(mayStand);
  if (concerned.length === 0)
    return refuse(moment, 'NOTHING_TO_FIX', `${block} has done nothing that would have to be undone`);
  if (concerned.some((operation) => isUnderWay(moment, operation)))
    return refuse(moment, 'UNDO_SENT', `the undo of ${block} is under way: wait for what comes of it`);
  return concerned.reduce((before, operation) => {
    const proven: Operation = { ...operation, fix: proof };
    return isUnwanted(operation) ? settleByHand(put(before, proven), proven, proof) : put(before, proven);
  }, moment);
}

/** What a person has put right is not undone; the proof is kept with it. */
export function settleByHand(moment: Moment, operation: Operation, { by, reason }: Fix): Moment {
  const alone = withoutList(moment, operation);
  const settled = operation.standing === 'suspect' ? settle(alone, operation, 'revoked', 'unknown') : alone;
  return undone(settled, current(settled, operation), 'skipped', `put right by ${by}: ${reason}`);
}

/** Without the blocks that were about to undo it. */
function withoutList(moment: Moment, operation: Operation): Moment {
  const list = operation.undo?.state === 'running' ? listAt(moment, operation) : undefined;
  return list === undefined ? moment : forget(abandon(moment, list), list);
}

function operationsOf(moment: Moment, block: string): readonly Operation[] {
  const [name, items] = block.split('@');
  const site = moment.chart.logged.get(name!);
  if (site === undefined) return [];
  const places = items === undefined ? undefined : placeIn(site, iterationKeys(items)).key;
  return moment.state.operations.filter(({ at }) =>
    places === undefined ? at === site.node.id || at.startsWith(`${site.node.id}@`) : at === places,
  );
}

function mayStand(operation: Operation): boolean {
  switch (operation.standing) {
    case 'done':
    case 'suspect':
    case 'revoked':
      return true;
    case 'asked':
      return mayBeDone(operation);
    case 'refused':
    case 'undone':
    case 'left':
    case 'covered':
      return false;
  }
}

/** Whether an undo was sent that may still take effect. A person who looks at its incident knows what came of it. */
function isUnderWay(moment: Moment, operation: Operation): boolean {
  const list = listAt(moment, operation);
  const isLookedAt =
    nameOf(moment, operation, 'do') in moment.state.incidents ||
    (list !== undefined &&
      Object.keys(moment.state.raised).some((key) => isWithin(placeAt(moment.chart, key), list)));
  return !isLookedAt && operation.undo !== undefined && isOut(operation.undo);
}

function isOut({ state }: Exchange): boolean {
  return state !== 'over' && state !== 'ready';
}
