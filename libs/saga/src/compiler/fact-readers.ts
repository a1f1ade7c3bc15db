import { at, entriesOf, isMap, rootOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { Json } from '../json.js';
import type { Program } from '../program.js';
import { factsIn, sagasIn } from './node-walk.js';
import { newestOf } from './saga-rings.js';
import type { Schema, SchemaFiles } from './schema-files.js';

/** A fact that a saga reads, and where that is said. */
interface ReadFact {
  readonly fact: string;
  readonly reader: string;
  readonly cursor: Cursor;
}

/** What the readers of facts are checked against. */
interface Readers {
  readonly programs: readonly Program[];
  /** All sagas that are written, sound or not. */
  readonly written: readonly SourceDocument[];
  readonly files: SchemaFiles;
}

/** Complains about facts whose `readBy` names a saga that cannot read them. */
export function checkReaders(
  participants: readonly SourceDocument[],
  readers: Readers,
  log: ProblemLog,
): void {
  const newest = newestOf(readers.programs);
  for (const read of participants.flatMap((document) => readFacts(rootOf(document))))
    checkReader(read, readers, newest, log);
}

function readFacts(participant: Cursor): readonly ReadFact[] {
  return entriesOf(at(participant, 'facts')).flatMap(([fact, contract]) => {
    const cursor = at(contract, 'readBy');
    return cursor === undefined ? [] : [{ fact, reader: String(cursor.value), cursor }];
  });
}

function checkReader(
  { fact, reader, cursor }: ReadFact,
  { written, files }: Readers,
  newest: ReadonlyMap<string, Program>,
  log: ProblemLog,
): void {
  const names = written.map(({ data }) => String(data['saga']));
  if (!names.includes(reader))
    return log.error(
      cursor,
      `The saga "${reader}" is not among these documents, so nobody reads "${fact}".${suggestion(reader, names)}`,
    );
  const program = newest.get(reader);
  // What is wrong with it is told at its own place.
  if (program === undefined) return;
  if (program.known === undefined)
    log.error(
      cursor,
      `The saga "${reader}" does not say what it has found out. Add \`known: { value: <value>, asOf: <expression> }\` to it.`,
    );
  const document = written.find(
    ({ data }) => data['saga'] === reader && data['version'] === program.version,
  )!;
  const problem = inputProblem(files.schemaAt(at(rootOf(document), 'input')));
  if (problem !== undefined)
    log.error(
      cursor,
      `The saga "${reader}" ${problem}, and whoever reads a fact is given \`key\` and no more. Let its input be \`{ type: object, required: [key], properties: { key: {} } }\`.`,
    );
  const ring = ringOf(newest, fact, reader);
  if (ring !== undefined)
    log.error(
      cursor,
      `To read "${fact}" one would have to know it: ${ring.join(' → ')}. Let none of these require it.`,
    );
}

function inputProblem(schema: Schema | undefined): string | undefined {
  if (schema === undefined) return undefined;
  const { type, required, properties, additionalProperties } = schema.json;
  if (type !== undefined && type !== 'object') return `takes a ${JSON.stringify(type)}`;
  const others = (Array.isArray(required) ? required : []).filter((name: Json) => name !== 'key');
  if (others.length > 0) return `needs ${others.map((name) => `\`${String(name)}\``).join(', ')}`;
  const isRefused =
    additionalProperties === false && !(isMap(properties) && Object.hasOwn(properties, 'key'));
  return isRefused ? 'takes no `key`' : undefined;
}

/** The way from the reader of a fact, by the sagas that it runs and the facts that are read for it, back to the fact. */
function ringOf(
  newest: ReadonlyMap<string, Program>,
  fact: string,
  reader: string,
): readonly string[] | undefined {
  const ways: (readonly string[])[] = [[reader]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1)!;
    const program = seen.has(last) ? undefined : newest.get(last);
    if (program === undefined) continue;
    seen.add(last);
    const asked = factsIn(program.root);
    if (asked.some((each) => each.fact === fact)) return [...way, fact];
    for (const name of sagasIn(program.root)) ways.push([...way, name]);
    for (const { fact: other, readBy } of asked)
      if (readBy !== undefined) ways.push([...way, other, readBy.definition]);
  }
  return undefined;
}
