import { at, entriesOf, pathText, type Cursor } from '../document/cursor.js';
import { classedParts } from '../expression/field-classes.js';
import { typeOfSchema } from '../expression/schema-type.js';
import type { StaticType } from '../expression/static-type.js';
import type { Direction } from '../operation-name.js';
import type { EncryptedPart, MessageEncryption, NeededKey, Program } from '../program.js';
import type { ClassedData } from './classed-data.js';
import type { CommandContract, Contracts } from './contracts.js';
import type { Schema } from './schema-files.js';

/** Remembers how a command of a block is classed: by where its data comes from, and by its contract. */
export function noteMessage(
  { messages }: ClassedData,
  block: string,
  direction: Direction,
  sent: StaticType,
  command: CommandContract | undefined,
): void {
  const types = (schema: Schema | undefined) =>
    schema === undefined ? [] : [typeOfSchema(schema.json, 'data')];
  messages.set(`${block}/${direction}`, {
    sent: [sent, ...types(command?.input)],
    answer: types(command?.output),
  });
}

/** What of the messages of a saga is encrypted, by the classes that its namespace has keys for. */
export function encryptionOf(
  namespace: Cursor | undefined,
  { messages }: ClassedData,
  events: readonly string[],
  { eventTypes }: Contracts,
): Pick<Program, 'encryption'> {
  const needed = keysIn(namespace);
  if (needed.length === 0) return {};
  const keys = new Map(needed.map(({ fieldClass, name }) => [fieldClass, name]));
  const encrypted = (types: readonly StaticType[]) => encryptedParts(types, keys);
  const commands = [...messages].map(
    ([name, { sent, answer }]) => [name, { sent: encrypted(sent), answer: encrypted(answer) }] as const,
  );
  const told = events.map((event) => [event, encrypted([eventTypes.get(event) ?? { kind: 'any' }])] as const);
  const encryption: MessageEncryption = {
    commands: Object.fromEntries(commands.filter(([, { sent, answer }]) => sent.length + answer.length > 0)),
    events: Object.fromEntries(told.filter(([, parts]) => parts.length > 0)),
    keys: needed,
  };
  return { encryption };
}

/** The key of each class that a namespace encrypts. */
function keysIn(namespace: Cursor | undefined): readonly NeededKey[] {
  const classes = namespace === undefined ? [] : entriesOf(at(namespace, 'classes'));
  return classes.map(([fieldClass, said]) => {
    const cursor = at(said, 'encrypt')!;
    return { fieldClass, name: String(cursor.value).slice('secret:'.length), place: placeIn(cursor) };
  });
}

function placeIn({ document, path }: Cursor): NeededKey['place'] {
  const place = document.locate(path, { part: 'value', offset: 0 });
  return { file: document.file, ...place, path: pathText(path) };
}

/** The outermost parts, each with its key: what is inside of them goes with them. */
function encryptedParts(
  types: readonly StaticType[],
  keys: ReadonlyMap<string, string>,
): readonly EncryptedPart[] {
  const parts = types
    .flatMap((type) => classedParts(type))
    .filter(({ fieldClass }) => keys.has(fieldClass))
    .sort((a, b) => a.path.length - b.path.length);
  const outermost: EncryptedPart[] = [];
  for (const { path, fieldClass } of parts)
    if (!outermost.some((around) => around.path.every((step, index) => step === path[index])))
      outermost.push({ path, key: keys.get(fieldClass)! });
  return outermost;
}
