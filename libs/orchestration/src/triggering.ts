import {
  deriveSagaId,
  MalformedRecordError,
  type DomainEvent,
  type FieldKeys,
  type InboundRecord,
  type SagaId,
  type SignedRecord,
  type StartHead,
} from '#libs/messaging';
import {
  StaleFactError,
  type Json,
  type Program,
  type RefusalReason,
  type Trigger,
  type Values,
} from '#libs/saga';
import { businessKeyOf } from './business-key.js';
import { candidacyOf, type Candidacy } from './desks/admission-messages.js';
import { inquiryRecord, knownFacts, type InquiredFacts } from './desks/inquiry-desk.js';
import type { Installation } from './installation-store.js';
import type { LoadedTrigger } from './loaded-definitions.js';
import { readPlainEvent } from './plain-event.js';

/** What one trigger makes of one event. */
export type Triggered =
  | {
      readonly kind: 'start';
      readonly saga: SagaId;
      readonly head: StartHead;
      readonly input: Json;
      readonly event: DomainEvent;
      /** What the desk of its key has to know; absent when nothing has to be remembered. */
      readonly candidacy?: Candidacy;
    }
  /** Facts have to be asked for first. */
  | { readonly kind: 'inquire'; readonly record: SignedRecord; readonly event: DomainEvent }
  /** `gate` kept it out. */
  | { readonly kind: 'gated'; readonly definition: string; readonly event: string; readonly gate: string }
  | { readonly kind: 'bad'; readonly reason: string; readonly message: string };

const stale: RefusalReason = 'stale';

/** An event may be this much ahead of its record; beyond it the clock that wrote it is wrong. */
const aheadMs = 5 * 60_000;

/** Decides what the triggers make of an event, one result for each. Pure. @throws MalformedRecordError */
export function triggered(
  { installation, fieldKeys }: { readonly installation: Installation; readonly fieldKeys: FieldKeys },
  record: InboundRecord,
  triggers: readonly LoadedTrigger[],
): readonly Triggered[] {
  const event = readPlainEvent(record, fieldKeys);
  if (event.at > record.timestamp + aheadMs) {
    throw new MalformedRecordError(
      'time-in-the-future',
      `ce_time ${new Date(event.at).toISOString()} is more than 5 minutes ahead of its record`,
    );
  }
  return triggers.map(({ program, trigger }) => startedBy(installation, program, trigger, event));
}

/** Decides what one trigger makes of what happened. Pure. */
export function startedBy(
  installation: Installation,
  program: Program,
  trigger: Trigger,
  event: DomainEvent,
  facts?: InquiredFacts,
): Triggered {
  try {
    const said = valuesOf(program, event);
    if (trigger.requires !== undefined && facts === undefined)
      return {
        kind: 'inquire',
        event,
        record: inquiryRecord(program, trigger, trigger.requires, event, said),
      };
    const values = facts === undefined ? said : { ...said, facts: knownFacts(facts) };
    if (Object.values(facts ?? {}).includes(null))
      return { kind: 'gated', definition: program.definition, event: trigger.name, gate: stale };
    const gate = closedGates(trigger, event, values);
    if (gate !== undefined)
      return { kind: 'gated', definition: program.definition, event: trigger.name, gate };
    const input = trigger.with === undefined ? (event.data as Json) : trigger.with(values);
    const start = linked(startOf(installation, program, event, input), trigger, values);
    if (program.admission === undefined || start.kind !== 'start') return start;
    return { ...start, candidacy: candidacyOf(program.admission, trigger, event, values) };
  } catch (error) {
    if (error instanceof StaleFactError)
      return { kind: 'gated', definition: program.definition, event: trigger.name, gate: stale };
    const message = error instanceof Error ? error.message : String(error);
    const reason = error instanceof MalformedRecordError ? error.reason : 'trigger-failed';
    return { kind: 'bad', reason, message: `trigger ${trigger.name} of ${program.definition}: ${message}` };
  }
}

/** With the saga that it is about. @throws when its key cannot be computed. */
function linked(start: Triggered, { link }: Trigger, values: Values): Triggered {
  if (link === undefined || start.kind !== 'start') return start;
  const key = String(link.key(values));
  return { ...start, head: { ...start.head, link: { definition: link.definition, key } } };
}

/** The names of what keeps the event out, or `undefined`. */
function closedGates(trigger: Trigger, event: DomainEvent, values: Values): string | undefined {
  if (event.hops > trigger.maxHops) return 'too-many-hops' satisfies RefusalReason;
  const closed = trigger.gates.filter((gate) => !gate.if(values));
  return closed.length === 0 ? undefined : closed.map(({ name }) => name).join(', ');
}

function startOf(installation: Installation, program: Program, event: DomainEvent, input: Json): Triggered {
  const problems = program.inputProblems(input);
  if (problems.length > 0) {
    return {
      kind: 'bad',
      reason: 'invalid-input',
      message: `not an input of ${program.definition}: ${problems.join('; ')}`,
    };
  }
  const { definition, version } = program;
  const { source, id: eventId, at, type: eventType, hops } = event;
  const businessKey = businessKeyOf(program, input, at);
  const saga = deriveSagaId({
    installation: installation.name,
    definition,
    businessKey,
    source,
    eventId,
    at,
  });
  const head = { definition, version, businessKey, source, eventId, eventType, at, toggles: {}, hops };
  return { kind: 'start', saga, head, input, event };
}

function valuesOf(program: Program, event: DomainEvent): Values {
  const { definition, version } = program;
  const { id, source, type, at, hops } = event;
  return {
    input: null,
    steps: {},
    saga: { id: '', key: '', definition, version, startedAt: at, hops },
    toggles: {},
    now: at,
    data: event.data as Json,
    event: { id, source, type, time: new Date(at).toISOString() },
  };
}
