import { at, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, NUMBER, STRING, type StaticType } from '../expression/static-type.js';
import type { OtherSagas } from './other-sagas.js';
import type { SchemaFiles } from './schema-files.js';

/** What `linked` is in a saga; `undefined` where no trigger links it to another one. */
export function linkedType(
  saga: Cursor,
  sagas: OtherSagas,
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
      steps: ANY,
    },
  };
}
