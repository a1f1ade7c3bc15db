import type { Json } from '../json.js';
import type { Program } from '../program.js';
import type { KnownValue, Values } from '../scope-values.js';
import type { EventTrigger, Trigger, WebhookTrigger } from '../starting/trigger.js';
import { factOf } from './heard-for.js';
import { declaredSource, hearsayOf, saidOfFact } from './said-of-fact.js';
import { scriptReader } from './script-reader.js';
import type { Hearsay } from './stage.js';
import type { Part, Start } from './test-suite.js';

/** What a start comes to. */
export type Started = StartAnswer & { readonly hearsay: readonly Hearsay[] };

type StartAnswer =
  | { readonly kind: 'started'; readonly input: Json; readonly key: string }
  | { readonly kind: 'kept-out'; readonly gates: readonly string[]; readonly reason: string };

/** Starts a saga as a gate would: by its trigger, through the gates, with an input that fits. */
export function startOfPart(program: Program, part: Part): Started {
  const hearsay: Hearsay[] = [];
  try {
    return { ...answerTo(program, part, hearsay), hearsay };
  } catch (error) {
    return { ...keptOut(error instanceof Error ? error.message : String(error)), hearsay };
  }
}

function answerTo(program: Program, part: Part, hearsay: Hearsay[]): StartAnswer {
  const { start } = part;
  if (start.kind === 'input') return accepted(program, part, start.input);
  const trigger = program.triggers.find((one): one is ByEvent => isOn(one, start.event));
  if (trigger === undefined) return keptOut(`no trigger of the saga takes ${start.event}`);
  return byTrigger({ program, part, hearsay }, trigger, start);
}

/** A start that is asked for, and what is overheard of the facts it requires. */
interface Asked {
  readonly program: Program;
  readonly part: Part;
  readonly hearsay: Hearsay[];
}

type ByEvent = EventTrigger | WebhookTrigger;
type StartEvent = Extract<Start, { readonly kind: 'event' }>;

function isOn(trigger: Trigger, event: string): trigger is ByEvent {
  return 'event' in trigger && trigger.event === event;
}

function byTrigger(asked: Asked, trigger: ByEvent, { data, from = 'test' }: StartEvent): StartAnswer {
  const { program, part } = asked;
  const event = { id: 'event-1', source: from, type: trigger.event, time: new Date(part.at).toISOString() };
  const said: Values = { ...valuesOf(program, part, null), data, event };
  const facts = factsOf(asked, trigger, said);
  if (facts === undefined)
    return { kind: 'kept-out', gates: ['stale'], reason: 'a fact that it requires is missing or too old' };
  const values: Values = { ...said, facts };
  const closed = trigger.gates.filter((gate) => !gate.if(values)).map(({ name }) => name);
  if (closed.length > 0)
    return { kind: 'kept-out', gates: closed, reason: `kept out by ${closed.join(', ')}` };
  if (trigger.link !== undefined && part.linked === undefined)
    return keptOut(
      `there is no saga of ${trigger.link.definition} that it could link to; write \`linked\` in \`start\``,
    );
  return accepted(program, part, trigger.with === undefined ? data : trigger.with(values));
}

/** What the scripts say of the facts that a trigger requires; `undefined` if one of them is missing or too old. */
function factsOf(
  { program, part, hearsay }: Asked,
  { requires = [] }: ByEvent,
  values: Values,
): Values['facts'] | undefined {
  const known = requires.map((required) => {
    // Whom it is about has to be computable, as it will be.
    required.key(values);
    const { fact } = required;
    const reader = scriptReader(part.scripts);
    const overheard = saidOfFact(() => reader.next([fact], ''), declaredSource(fact, program));
    hearsay.push(...overheard.hearsay.map((move) => hearsayOf(fact, move)));
    const move = overheard.counting;
    const said = move?.kind === 'heard' ? factOf(required, move, part.at, program) : undefined;
    return said?.what === 'fact' ? ([required.name, said.data as unknown as KnownValue] as const) : undefined;
  });
  const found = known.filter((one) => one !== undefined);
  return found.length < known.length ? undefined : Object.fromEntries(found);
}

function accepted(program: Program, part: Part, input: Json): StartAnswer {
  const problems = program.inputProblems(input);
  if (problems.length > 0) return keptOut(`this is no input of the saga: ${problems.join('; ')}`);
  return { kind: 'started', input, key: String(program.key(valuesOf(program, part, input))) };
}

function valuesOf({ definition, version }: Program, { at }: Part, input: Json): Values {
  const saga = { id: '', key: '', definition, version, startedAt: at, hops: 0 };
  return { input, steps: {}, saga, toggles: {}, now: at };
}

function keptOut(reason: string): Extract<StartAnswer, { kind: 'kept-out' }> {
  return { kind: 'kept-out', gates: [], reason };
}
