import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { durationMs } from '../expression/duration.js';
import { ANY, typeName, type StaticType } from '../expression/static-type.js';
import { headOf } from '../shape/headed-shape.js';
import { TRIGGER_KINDS } from '../shape/start-shapes.js';
import { DEFAULT_MAX_HOPS } from '../starting/max-hops.js';
import { refusalReasons } from '../starting/refusal.js';
import { readSchedule } from '../starting/schedule.js';
import type { Trigger, TriggerFact } from '../starting/trigger.js';
import { requiredFacts, type RequiredFact } from './compile-requires.js';
import { checkTakenIn } from './clearance.js';
import type { Contracts } from './contracts.js';
import { bareExpression, conditionExpression, templateValue, valueExpression } from './expressions.js';
import { endedSagaType, eventDataType, scheduledType, triggerPlace, type SagaPlaces } from './places.js';

/** Compiles what starts a saga. */
export function compileTriggers(
  saga: Cursor,
  places: SagaPlaces,
  contracts: Contracts,
  log: ProblemLog,
): readonly Trigger[] {
  const seen = new Set<string>();
  return itemsOf(at(saga, 'triggers')).map((cursor) => {
    const trigger = compileTrigger(cursor, places, contracts, log);
    if (seen.has(trigger.name)) {
      const head = headOf(cursor, Object.keys(TRIGGER_KINDS));
      log.error(
        at(cursor, head)!,
        `Another trigger is on \`${head}: ${String(at(cursor, head)!.value)}\`. Put what they accept into one.`,
      );
    }
    seen.add(trigger.name);
    return trigger;
  });
}

function compileTrigger(cursor: Cursor, places: SagaPlaces, contracts: Contracts, log: ProblemLog): Trigger {
  const head = headOf(cursor, Object.keys(TRIGGER_KINDS));
  const word = textAt(cursor, head)!;
  const start = (data: StaticType) => {
    const around = triggerPlace(places, data);
    const required = requiredBy(cursor, around, contracts, log);
    const facts = new Map(required.map(({ name, visible }) => [name, visible]));
    const place: Place = required.length === 0 ? around : { ...around, facts };
    checkInput(cursor, places.input, data, place, log);
    return { ...startOf(cursor, place, log), ...factsOf(required) };
  };
  switch (head) {
    case 'schedule': {
      const schedule = readSchedule(word, textAt(cursor, 'zone'));
      const name = schedule.zone === 'UTC' ? `schedule ${word}` : `schedule ${word} ${schedule.zone}`;
      return { kind: 'schedule', name, schedule, text: word, ...start(scheduledType) };
    }
    case 'webhook': {
      const event = `webhook.${word}`;
      const secret = textAt(cursor, 'secret')!.slice('secret:'.length);
      return {
        kind: 'webhook',
        name: event,
        webhook: word,
        event,
        secret,
        ...start(eventDataType(contracts, event)),
      };
    }
    case 'person':
      return {
        kind: 'person',
        name: `person ${word}`,
        role: word,
        ...start(at(cursor, 'with') === undefined ? places.input : ANY),
      };
    case 'saga': {
      const outcome = textAt(cursor, 'outcome') as 'completed' | undefined;
      const name = outcome === undefined ? `saga ${word}` : `saga ${word} ${outcome}`;
      const which = outcome === undefined ? {} : { outcome };
      return { kind: 'saga', name, definition: word, ...which, ...start(endedSagaType) };
    }
    default:
      return { kind: 'event', name: word, event: word, ...start(eventDataType(contracts, word)) };
  }
}

type Place = ReturnType<typeof triggerPlace>;

/** What comes in classed stays classed: nothing else tells later whom it may be sent to. */
function checkInput(
  cursor: Cursor,
  input: StaticType,
  data: StaticType,
  place: Place,
  log: ProblemLog,
): void {
  const written = at(cursor, 'with');
  const type = written === undefined ? data : templateValue(written, place, log).type;
  checkTakenIn(input, { type, cursor: written ?? cursor, isWritten: written !== undefined }, log);
}

function requiredBy(
  cursor: Cursor,
  place: Place,
  contracts: Contracts,
  log: ProblemLog,
): readonly RequiredFact[] {
  const value = (expression: Cursor, where: Place) => valueExpression(expression, where, log);
  return requiredFacts(at(cursor, 'requires'), place, (name) => name, { contracts, log, value });
}

function factsOf(required: readonly RequiredFact[]): Pick<Trigger, 'requires'> {
  return required.length === 0 ? {} : { requires: required.map(triggerFact) };
}

function startOf(cursor: Cursor, place: Place, log: ProblemLog) {
  const written = at(cursor, 'with');
  const coalesce = at(cursor, 'coalesce');
  const threshold = at(cursor, 'threshold');
  const link = at(cursor, 'link');
  const unless = at(cursor, 'echo') && at(at(cursor, 'echo')!, 'unless');
  return {
    gates: gatesOf(cursor, place, log),
    maxHops: Number(at(cursor, 'maxHops')?.value ?? DEFAULT_MAX_HOPS),
    ...(written === undefined ? {} : { with: templateValue(written, place, log).evaluate }),
    ...(coalesce === undefined
      ? {}
      : { coalesceMs: durationMs(textAt(longForm(coalesce, 'window'), 'window')!)! }),
    ...(link === undefined
      ? {}
      : {
          link: {
            definition: textAt(link, 'saga')!,
            key: valueExpression(at(link, 'key')!, place, log),
          },
        }),
    ...(threshold === undefined ? {} : { threshold: thresholdOf(threshold, place, log) }),
    ...(unless === undefined ? {} : { echoUnless: conditionExpression(unless, place, log) }),
  };
}

function triggerFact({ name, fact, key, freshMs, waitMs, readBy }: RequiredFact): TriggerFact {
  return {
    name,
    fact,
    key,
    ...(freshMs !== undefined && { freshMs }),
    ...(waitMs !== undefined && { waitMs }),
    ...(readBy !== undefined && { readBy }),
  };
}

function gatesOf(cursor: Cursor, place: Place, log: ProblemLog): Trigger['gates'] {
  return entriesOf(at(cursor, 'gates')).map(([name, gate]) => {
    if ((refusalReasons as readonly string[]).includes(name))
      log.errorAtKey(
        gate,
        `"${name}" is a reason of its own among those why nothing was started. Choose another name.`,
      );
    return { name, if: conditionExpression(gate, place, log) };
  });
}

function thresholdOf(cursor: Cursor, place: Place, log: ProblemLog): NonNullable<Trigger['threshold']> {
  const of = at(cursor, 'of')!;
  const before = log.errors;
  const level = valueExpression(of, place, log);
  const type = log.errors === before ? bareExpression(of, place, log)?.type : undefined;
  if (type !== undefined && type.kind !== 'number' && type.kind !== 'any')
    log.error(of, `A level is a number, and this is ${typeName(type)}.`);
  return { of: level, below: Number(at(cursor, 'below')!.value) };
}
