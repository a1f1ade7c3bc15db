import type { HeardInput } from '../input.js';
import { operationParts } from '../operation-name.js';
import { tookEffect } from './adopting.js';
import { hearAnsweringEvent } from './answering.js';
import { placeIn } from './chart.js';
import { tellRead } from './deciding.js';
import type { Operation } from './engine-state.js';
import { matchOf } from './event-channel.js';
import type { Moment } from './moment.js';
import { isAnswered, nodeOf, placeOf, put } from './operations.js';

/** Folds an event that is heard beside the replies to a command: one that confirms them, or stands in for them. */
export function hearBeside(moment: Moment, heard: HeardInput): Moment {
  const operation = operationOf(moment, heard);
  if (operation === undefined) return moment;
  return nodeOf(moment, operation).answeredBy === undefined
    ? hearConfirmation(moment, operation, heard)
    : hearAnsweringEvent(moment, operation, heard);
}

function hearConfirmation(moment: Moment, operation: Operation, heard: HeardInput): Moment {
  const place = placeOf(moment, operation);
  const { holds, read } = matchOf(moment, place, nodeOf(moment, operation).confirm!.event, heard);
  if (!holds) return moment;
  const { output = null } = operation;
  if (operation.standing !== 'asked') return tookEffect(moment, operation, output);
  if (operation.confirm === 'proved') return moment;
  const known: Operation = { ...operation, confirm: 'proved' };
  const noted = put(tellRead(moment, place, read), known);
  return isAnswered(operation) ? tookEffect(noted, known, output) : noted;
}

function operationOf(moment: Moment, { id, what }: HeardInput): Operation | undefined {
  const parts = operationParts(id);
  const site = parts?.direction === 'wait' ? moment.chart.logged.get(parts.block) : undefined;
  if (parts === undefined || site === undefined || what !== 'event') return undefined;
  if (!('confirm' in site.node || 'answeredBy' in site.node)) return undefined;
  const at = placeIn(site, parts.iteration).key;
  return moment.state.operations.find((one) => one.at === at && one.round === parts.round);
}
