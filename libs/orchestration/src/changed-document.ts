import { parseDocuments, participantOf, type Program } from '#libs/saga';
import type { StoredDocument } from './definition-store.js';

/** A contract or a namespace that says something else than it did when a saga began. */
export interface ChangedDocument {
  readonly kind: string;
  readonly name: string;
  /** What differs, as the way of keys that leads there, such as `commands`, `charge`, `retry`. */
  readonly parts: readonly ChangedPart[];
}

type ChangedPart = readonly string[];

/** What of changed documents concerns a saga. */
export interface Concern {
  /** What it keeps as it was when it began. */
  readonly kept: readonly string[];
  /** What counts for it from now on. */
  readonly atOnce: readonly string[];
}

/** Settings are told apart down to here: `commands.charge.retry`, `policies.retry.patient`. */
const DEPTH = 3;

/** Said for people, or looked at when something is published: no saga runs otherwise for it. */
const WITHOUT_EFFECT = ['owner', 'description', 'title', 'opaque', 'kind', 'profile', 'contracts', 'owners'];

/** Where a service is, what it can take and how its events are told apart is the same for everybody. */
const AT_ONCE = ['http', 'statuses', 'limits', 'events', 'facts'];

/** Says in which parts two texts of a document differ. */
export function changedDocument(before: StoredDocument, now: StoredDocument): ChangedDocument {
  return { kind: now.kind, name: now.name, parts: changedParts(dataOf(before), dataOf(now), []) };
}

/** What of changed documents concerns the sagas of a program, in words such as `payment: commands.charge.retry`. */
export function concernOf(changes: readonly ChangedDocument[], program: Program): Concern {
  const concerning = changes.flatMap(({ kind, name, parts }) =>
    parts.flatMap((part) =>
      kind === 'namespace' || concerns(part, name, program)
        ? [{ text: `${name}: ${part.join('.')}`, isAtOnce: kind === 'participant' && isAtOnce(part) }]
        : [],
    ),
  );
  const texts = (atOnce: boolean) =>
    concerning.filter(({ isAtOnce: is }) => is === atOnce).map(({ text }) => text);
  return { kept: texts(false), atOnce: texts(true) };
}

function concerns([section, name]: ChangedPart, participant: string, program: Program): boolean {
  switch (section) {
    case 'commands':
      return program.calls.includes(`${participant}.${name}`);
    case 'events':
      return program.awaits?.some(({ event }) => event === name) === true;
    case 'facts':
      return program.facts?.some(({ fact }) => fact === name) === true;
    default:
      return program.calls.some((call) => participantOf(call) === participant);
  }
}

function isAtOnce(part: ChangedPart): boolean {
  return AT_ONCE.includes((part[0] === 'commands' ? part[2] : part[0]) ?? '');
}

function changedParts(before: unknown, now: unknown, at: ChangedPart): readonly ChangedPart[] {
  // On the second level stand the names of commands, roles and policies, whatever they are.
  const isSetting = at.length !== 2;
  if (isSetting && WITHOUT_EFFECT.includes(at.at(-1) ?? '')) return [];
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  if (at.length === DEPTH || !isMap(before) || !isMap(now)) return [at];
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((key) =>
    changedParts(before[key], now[key], [...at, key]),
  );
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dataOf({ text, file }: StoredDocument): unknown {
  return parseDocuments(text, file).documents[0]?.data;
}
