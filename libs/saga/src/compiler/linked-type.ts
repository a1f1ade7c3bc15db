import { at, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { classesInSchema, withClasses } from '../expression/field-classes.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, NUMBER, STRING, type StaticType } from '../expression/static-type.js';
import type { Contracts } from './contracts.js';
import type { OtherSagas } from './other-sagas.js';
import type { Json } from '../json.js';
import { isMap } from '../document/cursor.js';
import type { Schema, SchemaFiles } from './schema-files.js';

/** What `linked` is in a saga; `undefined` where no trigger links it to another one. */
export function linkedType(
  saga: Cursor,
  sagas: OtherSagas,
  { commands }: Contracts,
  files: SchemaFiles,
  log: ProblemLog,
): StaticType | undefined {
  const names = itemsOf(at(saga, 'triggers')).flatMap((trigger) => {
    const link = at(trigger, 'link');
    return link === undefined ? [] : [at(link, 'saga')!];
  });
  const [first] = names;
  if (first === undefined) return undefined;
  const isOne = new Set(names.map(({ value }) => value)).size === 1;
  const others = names.map((name) => sagas(name, log));
  const schema = isOne && others[0] ? files.schemaAt(at(others[0].cursor, 'input')) : undefined;
  return {
    kind: 'record',
    title: '`linked`',
    open: false,
    fields: {
      id: STRING,
      key: STRING,
      definition: STRING,
      version: NUMBER,
      status: STRING,
      result: ANY,
      input: schema === undefined ? ANY : typeOfSchema(schema.json, '`linked.input`'),
      steps: withClasses(ANY, isOne && others[0] ? classesOfSteps(others[0].cursor, schema, commands) : []),
    },
  };
}

/** Everything that its blocks may have left behind: what came in, and what those it asks may answer. */
function classesOfSteps(
  saga: Cursor,
  input: Schema | undefined,
  commands: Contracts['commands'],
): readonly string[] {
  const answers = callsIn(saga.value).flatMap((call) => commands.get(call)?.output?.json ?? []);
  return [...(input === undefined ? [] : [input.json]), ...answers].flatMap((schema) =>
    classesInSchema(schema, schema),
  );
}

function callsIn(value: Json): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each: Json) => callsIn(each));
  if (!isMap(value)) return [];
  const { call } = value;
  return [...(typeof call === 'string' ? [call] : []), ...Object.values(value).flatMap(callsIn)];
}
