import type { EventContract, FactContract, HttpServer, ParticipantContract } from '../contract.js';
import { at, entriesOf, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { suggestion } from '../expression/did-you-mean.js';
import { classesOf, withClasses } from '../expression/field-classes.js';
import { durationMs } from '../expression/duration.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, type StaticType } from '../expression/static-type.js';
import { eventPlace } from './contract-places.js';
import { instantExpression, templateValue, valueExpression } from './expressions.js';
import { readLimits } from './limits.js';
import type { SchemaFiles } from './schema-files.js';

/** The types of the data of all events that participants publish. */
export function readEventTypes(
  participants: readonly Cursor[],
  files: SchemaFiles,
): ReadonlyMap<string, StaticType> {
  const types = new Map<string, StaticType>();
  for (const participant of participants) {
    for (const [event, cursor] of entriesOf(at(participant, 'events'))) {
      const schema = files.schemaAt(at(cursor, 'schema'));
      types.set(event, schema === undefined ? ANY : typeOfSchema(schema.json, 'data'));
    }
  }
  return types;
}

/** The types of the values of all facts. Where a value is written, all that is known of it is how it is classed. */
export function readFactTypes(
  participants: readonly Cursor[],
  eventTypes: ReadonlyMap<string, StaticType>,
): ReadonlyMap<string, StaticType> {
  const facts = participants.flatMap((participant) => entriesOf(at(participant, 'facts')));
  return new Map(
    facts.map(([fact, cursor]) => {
      const data = eventTypes.get(String(at(cursor, 'from')?.value)) ?? ANY;
      const isData = at(cursor, 'value') === undefined;
      return [fact, isData ? data : withClasses(ANY, classesOf(data))];
    }),
  );
}

/** Reads what a participant says of itself; complains about what does not fit together. */
export function readParticipant(
  root: Cursor,
  eventTypes: ReadonlyMap<string, StaticType>,
  log: ProblemLog,
): ParticipantContract {
  const owner = textAt(root, 'owner');
  const http = readHttp(at(root, 'http'));
  const limits = readLimits(at(root, 'limits'));
  const clearance = at(root, 'clearance');
  const isAgent = textAt(root, 'kind') === 'agent';
  if (isAgent) checkAgent(root, log);
  return {
    name: textAt(root, 'participant')!,
    isAgent,
    isFencing: textAt(root, 'fencing') !== 'none',
    ...(owner === undefined ? {} : { owner }),
    ...(http && { http }),
    ...(limits && { limits }),
    ...(clearance && { clearance: itemsOf(clearance).map(({ value }) => String(value)) }),
    events: Object.fromEntries(
      entriesOf(at(root, 'events')).map(([event, cursor]) => [
        event,
        readEvent(event, cursor, eventTypes, log),
      ]),
    ),
    facts: Object.fromEntries(
      entriesOf(at(root, 'facts')).map(([fact, cursor]) => [fact, readFact(cursor, eventTypes, log)]),
    ),
  };
}

function readHttp(cursor: Cursor | undefined): HttpServer | undefined {
  if (cursor === undefined) return undefined;
  const auth = textAt(cursor, 'auth');
  const idempotencyHeader = textAt(cursor, 'idempotencyHeader');
  return {
    base: textAt(cursor, 'base')!.replace(/\/+$/, ''),
    ...(auth === undefined ? {} : { secret: auth.slice('secret:'.length) }),
    ...(idempotencyHeader === undefined ? {} : { idempotencyHeader }),
  };
}

function readEvent(
  event: string,
  cursor: Cursor,
  eventTypes: ReadonlyMap<string, StaticType>,
  log: ProblemLog,
): EventContract {
  const key = at(cursor, 'key');
  return key === undefined
    ? {}
    : { key: valueExpression(key, eventPlace(eventTypes.get(event) ?? ANY), log) };
}

function readFact(
  cursor: Cursor,
  eventTypes: ReadonlyMap<string, StaticType>,
  log: ProblemLog,
): FactContract {
  const from = at(cursor, 'from')!;
  checkEvent(from, eventTypes, log);
  const place = eventPlace(eventTypes.get(String(from.value)) ?? ANY);
  const value = at(cursor, 'value');
  const asOf = at(cursor, 'asOf');
  const readBy = textAt(cursor, 'readBy');
  const source = textAt(cursor, 'source');
  return {
    from: String(from.value),
    key: valueExpression(at(cursor, 'key')!, place, log),
    ...(value && { value: templateValue(value, place, log).evaluate }),
    ...(asOf && { asOf: instantExpression(asOf, place, log) }),
    lagMs: durationMs(textAt(cursor, 'lag') ?? '0s') ?? 0,
    ...(readBy === undefined ? {} : { readBy }),
    ...(source === undefined ? {} : { source }),
  };
}

/** Complains about an event that its owner's contract does not name, or names in other words. */
export function checkEvent(
  cursor: Cursor,
  eventTypes: ReadonlyMap<string, StaticType>,
  log: ProblemLog,
): void {
  const event = String(cursor.value);
  if (eventTypes.has(event)) return;
  const owner = event.slice(0, event.indexOf('.') + 1);
  const known = [...eventTypes.keys()].filter((each) => each.startsWith(owner));
  if (known.length > 0)
    log.error(cursor, `No participant publishes the event "${event}".${suggestion(event, known)}`);
}

/** Who decides by itself needs bounds: what it may answer, what it may see, and somebody who answers for it. */
function checkAgent(root: Cursor, log: ProblemLog): void {
  const name = textAt(root, 'participant')!;
  const head = at(root, 'participant')!;
  if (at(root, 'owner') === undefined)
    log.error(head, `Agent "${name}" has no \`owner\`: say who answers for what it decides.`);
  if (at(root, 'clearance') === undefined)
    log.error(head, `Agent "${name}" has no \`clearance\`: say which classes of fields it may see.`);
  for (const [command, cursor] of entriesOf(at(root, 'commands'))) {
    if (at(cursor, 'allow') === undefined)
      log.errorAtKey(
        cursor,
        `Agent "${name}" may answer "${command}" in any way. Say its bounds: \`allow: { of: data.action, values: [...] }\`.`,
      );
    if (at(cursor, 'record') === undefined)
      log.errorAtKey(
        cursor,
        `Say what of the answer to "${command}" is kept for review: \`record: [data.modelVersion, data.confidence]\`.`,
      );
  }
}
