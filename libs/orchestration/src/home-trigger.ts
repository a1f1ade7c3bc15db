import type { DomainEvent, HomeRecord, InboundRecord, TriggerHead } from '#libs/messaging';
import type { Program, Trigger } from '#libs/saga';
import { startOrAsk } from './desks/admission-messages.js';
import type { Informed } from './desks/inquiry-desk.js';
import { scheduleRecord } from './desks/schedule-desk.js';
import type { Folding } from './folding.js';
import { withToggles } from './start-toggles.js';
import { startedBy } from './triggering.js';

type TriggerRecord = Extract<HomeRecord, { readonly kind: 'trigger' }>;

/** Folds something that happened inside: a time that has come, a saga that has ended. What starts goes to its home. */
export function handleTrigger(
  programs: { current(definition: string): Program | undefined },
  folding: Folding,
  record: InboundRecord,
  { saga: from, head, data }: TriggerRecord,
): void {
  const program = programs.current(head.definition);
  const trigger = program?.triggers.find(({ name }) => name === head.trigger);
  if (program === undefined || trigger === undefined) return forget(folding, from, head);
  const informed = head.isInformed === true ? (data as unknown as Informed) : undefined;
  const event = eventOf(head, informed === undefined ? data : informed.data);
  const result = startedBy(folding.options.installation, program, trigger, event, informed?.facts);
  switch (result.kind) {
    case 'start': {
      const { trace, installation, definitions } = folding.options;
      const head = withToggles(definitions, result.head);
      const headers = trace.forwarded(record, event, result.saga, installation.group);
      return folding.post(from, startOrAsk({ ...result, head }, headers));
    }
    case 'inquire':
      return folding.post(from, result.record);
    case 'gated': {
      const { definition, event: name, gate } = result;
      return folding.countGated({ definition, event: name, gate, count: 1 });
    }
    case 'bad':
      return folding.park(record, result.reason, result.message);
  }
}

/** The newest version has no such trigger any more. */
function forget(folding: Folding, from: string, { definition, trigger, eventType }: TriggerHead): void {
  if (eventType !== ('schedule' satisfies Trigger['kind'])) return;
  folding.post(from, scheduleRecord(definition, trigger, { kind: 'disarm' }));
}

function eventOf(head: TriggerHead, data: TriggerRecord['data']): DomainEvent {
  const { source, eventId: id, eventType: type, at, hops, cause } = head;
  return {
    id,
    source,
    type,
    at,
    hops,
    data,
    trace: {},
    ...(cause === undefined ? {} : { correlation: cause }),
  };
}
