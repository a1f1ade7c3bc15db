import type { Allowed, AnsweringEvent, HttpCall, Limits, ParticipantContract } from '../contract.js';
import { at, entriesOf, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { suggestion } from '../expression/did-you-mean.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, type StaticType } from '../expression/static-type.js';
import type { Expression } from '../scope-values.js';
import { answerPlace, eventPlace, selfSent } from './contract-places.js';
import { conditionExpression, instantExpression, templateValue, valueExpression } from './expressions.js';
import { readRules, type CommandRule } from './command-rules.js';
import { readLimits } from './limits.js';
import { checkEvent } from './participant-contract.js';
import type { Schema } from './schema-files.js';

/** What a participant says about one of its commands. */
export interface CommandContract {
  readonly call: string;
  readonly cursor: Cursor;
  readonly participant: Cursor;
  /** False for a query: nothing to undo, verify or fence. */
  readonly hasEffect: boolean;
  /** False where the participant does not remember what it was asked. */
  readonly isFencing: boolean;
  /** For how long after its sending it may still be carried out, where nobody refuses it by then. */
  readonly drainMs: number;
  readonly rejects: readonly string[];
  readonly undoneBy: string | undefined;
  readonly input: Schema | undefined;
  readonly output: Schema | undefined;
  /** When an answer was true, in milliseconds, over `data`. */
  readonly asOf?: Expression<number>;
  readonly allow?: Allowed;
  /** What has to be true of its data. */
  readonly rules?: readonly CommandRule[];
  /** What of an answer is kept in the history, by how it is written. */
  readonly record?: readonly { readonly text: string; readonly of: Expression }[];
  /** What of an answer says what it used up, by name. */
  readonly usage?: Readonly<Record<string, Expression>>;
  readonly answeredBy?: AnsweringEvent;
  readonly http?: HttpCall;
  readonly limits?: Limits;
}

type Details = Pick<
  CommandContract,
  'asOf' | 'allow' | 'rules' | 'record' | 'usage' | 'answeredBy' | 'http' | 'limits'
>;

/** What a status may mean beside a refusal. `permanent` is a failure that would come again. */
const OUTCOMES = ['succeeded', 'accepted', 'failed', 'permanent'];

/** Reads what a contract says about the answers of a command and the way to them. */
export function readCommandDetails(
  command: CommandContract,
  participant: ParticipantContract,
  eventTypes: ReadonlyMap<string, StaticType>,
  log: ProblemLog,
): Details {
  const { cursor } = command;
  const place = answerPlace(typeOf(command.output, 'data'));
  const [asOf, allow, record] = [at(cursor, 'asOf'), at(cursor, 'allow'), at(cursor, 'record')];
  const [answeredBy, limits] = [at(cursor, 'answeredBy'), readLimits(at(cursor, 'limits'))];
  const usage = at(cursor, 'usage');
  const rules = at(cursor, 'rules');
  const http = readHttpCall(command, participant, log);
  if (answeredBy !== undefined && participant.http !== undefined)
    log.errorAtKey(
      answeredBy,
      `Participant "${participant.name}" is called over HTTP and answers there. Leave \`answeredBy\` out.`,
    );
  return {
    ...(asOf && { asOf: instantExpression(asOf, place, log) }),
    ...(allow && { allow: readAllow(allow, place, log) }),
    ...(rules && { rules: readRules(rules, typeOf(command.input, 'data'), log) }),
    ...(record && {
      record: itemsOf(record).map((each) => ({
        text: String(each.value),
        of: valueExpression(each, place, log),
      })),
    }),
    ...(usage && {
      usage: Object.fromEntries(
        entriesOf(usage).map(([name, of]) => [name, valueExpression(of, place, log)]),
      ),
    }),
    ...(answeredBy && { answeredBy: readAnsweredBy(answeredBy, command, eventTypes, log) }),
    ...(http && { http }),
    ...(limits && { limits }),
  };
}

function readAllow(cursor: Cursor, place: ReturnType<typeof answerPlace>, log: ProblemLog): Allowed {
  const values = at(cursor, 'values')!;
  if (itemsOf(values).length === 0) log.error(values, 'No value is allowed. Name at least one.');
  const of = at(cursor, 'of')!;
  return {
    of: valueExpression(of, place, log),
    text: String(of.value),
    values: itemsOf(values).map(({ value }) => value),
  };
}

function readAnsweredBy(
  cursor: Cursor,
  { input }: CommandContract,
  eventTypes: ReadonlyMap<string, StaticType>,
  log: ProblemLog,
): AnsweringEvent {
  const event = at(cursor, 'event')!;
  checkEvent(event, eventTypes, log);
  const self = selfSent(typeOf(input, 'self.sent'));
  const place = eventPlace(eventTypes.get(String(event.value)) ?? ANY, { self });
  const [key, match, output] = [at(cursor, 'key'), at(cursor, 'match'), at(cursor, 'output')];
  return {
    event: String(event.value),
    ...(key && { key: valueExpression(key, { ...place, roots: { self } }, log) }),
    ...(match && { match: conditionExpression(match, place, log) }),
    ...(output && { output: templateValue(output, place, log).evaluate }),
  };
}

function readHttpCall(
  { cursor, rejects, call, input }: CommandContract,
  participant: ParticipantContract,
  log: ProblemLog,
): HttpCall | undefined {
  const http = at(cursor, 'http');
  const statuses = at(cursor, 'statuses');
  if (http === undefined) {
    if (participant.http !== undefined)
      log.errorAtKey(
        cursor,
        `Participant "${participant.name}" is called over HTTP, and "${call}" does not say how. Write \`http: POST /...\`.`,
      );
    if (statuses !== undefined)
      log.errorAtKey(
        statuses,
        '`statuses` says what HTTP answers mean. Write `http: <method> <path>` as well.',
      );
    return undefined;
  }
  if (participant.http === undefined)
    log.errorAtKey(
      http,
      `Participant "${participant.name}" does not say where it is. Write \`http: { base: https://... }\` for it.`,
    );
  checkStatuses(statuses, rejects, log);
  const [method, path] = String(http.value).split(' ');
  checkPath(path!, http, input, log);
  return {
    method: method!,
    path: path!,
    statuses: Object.fromEntries(
      entriesOf(statuses).map(([status, meaning]) => [status, String(meaning.value)]),
    ),
  };
}

/** A part of the path that the data may lack leaves nothing to call. */
function checkPath(path: string, http: Cursor, input: Schema | undefined, log: ProblemLog): void {
  const type = typeOf(input, 'the input');
  if (type.kind !== 'record') return;
  for (const [, name] of path.matchAll(/\{(\w+)\}/g)) {
    if (Object.hasOwn(type.fields, name!)) continue;
    const known = Object.keys(type.fields);
    if (type.open && known.length === 0) continue;
    log.error(
      http,
      `The path needs "${name}", and the input of the command does not name it.${suggestion(name!, known)}`,
    );
  }
}

function checkStatuses(statuses: Cursor | undefined, rejects: readonly string[], log: ProblemLog): void {
  for (const [status, meaning] of entriesOf(statuses)) {
    const word = String(meaning.value);
    if (OUTCOMES.includes(word) || rejects.includes(word)) continue;
    log.error(
      meaning,
      `Status ${status} means "${word}", which is neither an outcome (${OUTCOMES.join(', ')}) nor one of \`rejects\`.${suggestion(word, rejects)}`,
    );
  }
}

function typeOf(schema: Schema | undefined, title: string): StaticType {
  return schema === undefined ? ANY : typeOfSchema(schema.json, title);
}
