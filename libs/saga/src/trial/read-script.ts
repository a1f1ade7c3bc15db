import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Contracts } from '../compiler/contracts.js';
import { at, entriesOf, isMap, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { isEngineError } from '../engine-errors.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { Moves, Script } from './move.js';
import type { Outside } from './outside.js';
import type { TaskAsk } from '../wait-node.js';
import { checkPeople } from './check-people.js';
import { MOVE_KINDS, readMoves, type MoveKind } from './read-moves.js';

/** What a script is checked against. */
export interface ScriptContext {
  readonly outside: Outside;
  readonly contracts: Contracts;
  readonly log: ProblemLog;
}

/** Reads what the outside does, and checks its names. */
export function readScript(when: Cursor | undefined, context: ScriptContext): Script {
  const script = new Map<string, Moves>();
  for (const [name, cursor] of entriesOf(when)) {
    if (name === 'crash' || name === 'outage') continue;
    const meant = meaningOf(name, context);
    if (meant === undefined) {
      context.log.errorAtKey(
        cursor,
        `The saga has no block, command, event or toggle "${name}".${suggestion(name, namesIn(context.outside))}`,
      );
      continue;
    }
    checkPlace(name, cursor, context);
    script.set(name, readMoves(cursor, meant.kind, context.log));
    if (meant.call !== undefined) checkAnswers(cursor, meant.call, context);
    if (meant.task !== undefined) checkPeople(cursor, meant.task, context.log);
  }
  return script;
}

interface Meaning {
  readonly kind: MoveKind;
  readonly call?: string;
  readonly task?: TaskAsk;
}

/** `verifyIdentity@p7` is one item of a block that runs for several. */
function meaningOf(name: string, { outside }: ScriptContext): Meaning | undefined {
  const ask = outside.asks.get(name.replace(/@.*$/, ''));
  if (ask?.channel === 'command') return { kind: MOVE_KINDS.command, call: ask.call };
  if (ask?.channel === 'task') return { kind: MOVE_KINDS.task, task: ask };
  if (ask !== undefined && ask.channel !== 'time') return { kind: MOVE_KINDS[ask.channel] };
  if (outside.calls.includes(name)) return { kind: MOVE_KINDS.command, call: name };
  if (outside.hears.includes(name)) return { kind: MOVE_KINDS.event };
  if (outside.facts.includes(name)) return { kind: MOVE_KINDS.fact };
  return outside.toggles.includes(name) ? { kind: MOVE_KINDS.toggle } : undefined;
}

function checkPlace(name: string, cursor: Cursor, { outside, log }: ScriptContext): void {
  const [block, place] = name.split(/@(.*)/s);
  if (place !== undefined && !outside.repeated.has(block!))
    log.errorAtKey(
      cursor,
      `"${block}" stands in no loop, so there is only one of it. Leave "@${place}" out.`,
    );
}

function namesIn({ asks, calls, hears, facts, toggles }: Outside): readonly string[] {
  return [...asks.keys(), ...calls, ...hears, ...facts, ...toggles];
}

/** A participant says what its contract says, in tests too. */
function checkAnswers(moves: Cursor, call: string, { contracts, log }: ScriptContext): void {
  const contract = contracts.commands.get(call);
  for (const move of Array.isArray(moves.value) ? itemsOf(moves) : [moves]) {
    if (!isMap(move.value)) continue;
    const error = at(move, 'rejected');
    if (error !== undefined) checkRefusal(error, call, contract?.rejects, log);
    const succeeded = at(move, 'succeeded');
    if (succeeded !== undefined && contract?.output !== undefined)
      checkFields(succeeded, call, contract.output.json, log);
    const accepted = at(move, 'accepted');
    if (accepted !== undefined) checkAnswers(accepted, call, { contracts, log } as ScriptContext);
  }
}

function checkRefusal(
  error: Cursor,
  call: string,
  rejects: readonly string[] | undefined,
  log: ProblemLog,
): void {
  const name = String(error.value);
  if (isEngineError(name))
    log.error(error, `"${name}" is an error of the engine; no participant answers it.`);
  else if (rejects !== undefined && !rejects.includes(name))
    log.error(error, `"${call}" never answers "${name}", says its contract.${suggestion(name, rejects)}`);
}

/** What is given may be a part of the answer; each field has to be one that the schema allows. */
function checkFields(
  fields: Cursor,
  call: string,
  schema: Readonly<Record<string, unknown>>,
  log: ProblemLog,
): void {
  const properties = schema['properties'];
  if (!isMap(properties as never)) return;
  const known = properties as Readonly<Record<string, object>>;
  for (const [name, field] of entriesOf(fields)) {
    const own = known[name];
    if (own === undefined) {
      if (schema['additionalProperties'] === false)
        log.errorAtKey(
          field,
          `The answer of "${call}" has no field "${name}", says its contract.${suggestion(name, Object.keys(known))}`,
        );
      continue;
    }
    const problem = problemOf(own, field);
    if (problem !== undefined)
      log.error(field, `The answer of "${call}" cannot be like this: \`${name}\` ${problem}.`);
  }
}

function problemOf(schema: object, field: Cursor): string | undefined {
  try {
    const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
    return validate(field.value) ? undefined : (validate.errors?.[0]?.message ?? 'is not valid');
  } catch {
    // A schema that stands on others is looked at where it is compiled.
    return undefined;
  }
}
