import type { Json } from '../json.js';
import type { Program } from '../program.js';
import type { Values } from '../scope-values.js';
import type { EventTrigger, Trigger, WebhookTrigger } from '../starting/trigger.js';
import type { Part } from './test-suite.js';

/** What a start comes to. */
export type Started =
  | { readonly kind: 'started'; readonly input: Json; readonly key: string }
  | { readonly kind: 'kept-out'; readonly gates: readonly string[]; readonly reason: string };

/** Starts a saga as a gate would: by its trigger, through the gates, with an input that fits. */
export function startOfPart(program: Program, part: Part): Started {
  try {
    const { start } = part;
    if (start.kind === 'input') return accepted(program, part, start.input);
    const trigger = program.triggers.find((one): one is ByEvent => isOn(one, start.event));
    if (trigger === undefined) return keptOut(`no trigger of the saga takes ${start.event}`);
    return byTrigger(program, part, trigger, start.data);
  } catch (error) {
    return keptOut(error instanceof Error ? error.message : String(error));
  }
}

type ByEvent = EventTrigger | WebhookTrigger;

function isOn(trigger: Trigger, event: string): trigger is ByEvent {
  return 'event' in trigger && trigger.event === event;
}

function byTrigger(program: Program, part: Part, trigger: ByEvent, data: Json): Started {
  const event = { id: 'event-1', source: 'test', type: trigger.event, time: new Date(part.at).toISOString() };
  const values: Values = { ...valuesOf(program, part, null), data, event };
  const closed = trigger.gates.filter((gate) => !gate.if(values)).map(({ name }) => name);
  if (closed.length > 0)
    return { kind: 'kept-out', gates: closed, reason: `kept out by ${closed.join(', ')}` };
  if (trigger.link !== undefined && part.linked === undefined)
    return keptOut(
      `there is no saga of ${trigger.link.definition} that it could link to; write \`linked\` in \`start\``,
    );
  return accepted(program, part, trigger.with === undefined ? data : trigger.with(values));
}

function accepted(program: Program, part: Part, input: Json): Started {
  const problems = program.inputProblems(input);
  if (problems.length > 0) return keptOut(`this is no input of the saga: ${problems.join('; ')}`);
  return { kind: 'started', input, key: String(program.key(valuesOf(program, part, input))) };
}

function valuesOf({ definition, version }: Program, { at }: Part, input: Json): Values {
  const saga = { id: '', key: '', definition, version, startedAt: at, hops: 0 };
  return { input, steps: {}, saga, toggles: {}, now: at };
}

function keptOut(reason: string): Started {
  return { kind: 'kept-out', gates: [], reason };
}
