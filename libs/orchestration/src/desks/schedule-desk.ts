import type { Instant, Json } from '#libs/messaging';
import { nextScheduled, readSchedule, type Schedule } from '#libs/saga';
import { deskRecord } from './desk-record.js';
import type { Desk, DeskInput, DeskPost, DeskTurn } from './desk.js';

/** The desk that knows when a schedule is due next: one for each schedule of a definition. */
export const scheduleKind = 'schedule';

const longAgoMs = 86_400_000;

interface ScheduleState {
  readonly definition: string;
  readonly trigger: string;
  readonly text: string;
  readonly zone: string;
  readonly dueAt: Instant;
}

/** What is said to it: a version with this schedule is published, or none has it any more. */
export type ScheduleMessage =
  | ({ readonly kind: 'arm' } & Omit<ScheduleState, 'dueAt'>)
  | { readonly kind: 'disarm' };

/** Says when it is time. Times that were missed, because nobody was there to fold them, are made up for once. */
export const scheduleDesk: Desk<ScheduleState> = {
  kind: scheduleKind,
  fold(state, input, moment): DeskTurn<ScheduleState> {
    const message = messageOf(input);
    if (message.kind === 'disarm') return { state: undefined, posts: [] };
    if (message.kind === 'arm') return state === undefined ? armed(message, moment.now) : waiting(state);
    if (state === undefined || state.dueAt > moment.now) return waiting(state);
    return ring(state, moment.now);
  },
};

/** The record that says something to the desk of a schedule. */
export function scheduleRecord(definition: string, trigger: string, message: ScheduleMessage) {
  return deskRecord(scheduleKind, scheduleKey(definition, trigger), message as unknown as Json);
}

function scheduleKey(definition: string, trigger: string): string {
  return `${definition}/${trigger}`;
}

function messageOf(input: DeskInput): ScheduleMessage | { readonly kind: 'due' } {
  return input.kind === 'due' ? input : (input.message as unknown as ScheduleMessage);
}

function waiting(state: ScheduleState | undefined): DeskTurn<ScheduleState> {
  return { state, posts: [], wakeAt: state?.dueAt };
}

function armed(message: Extract<ScheduleMessage, { kind: 'arm' }>, now: Instant): DeskTurn<ScheduleState> {
  const { definition, trigger, text, zone } = message;
  const dueAt = nextScheduled(readSchedule(text, zone), now);
  return waiting(dueAt === undefined ? undefined : { definition, trigger, text, zone, dueAt });
}

function ring(state: ScheduleState, now: Instant): DeskTurn<ScheduleState> {
  const { definition, trigger, text, zone } = state;
  const schedule = readSchedule(text, zone);
  const at = latestDue(schedule, state.dueAt, now);
  const dueAt = nextScheduled(schedule, now);
  const scheduledAt = new Date(at).toISOString();
  const head = {
    definition,
    trigger,
    source: `/skald/schedule/${scheduleKey(definition, trigger)}`,
    eventId: scheduledAt,
    eventType: 'schedule',
    at,
    hops: 0,
  };
  const post: DeskPost = { kind: 'trigger', head, data: { scheduledAt } };
  return {
    state: dueAt === undefined ? undefined : { ...state, dueAt },
    posts: [post],
    wakeAt: dueAt,
  };
}

/** The last due time up to now. After a long outage it is not searched for from where it was left. */
function latestDue(schedule: Schedule, first: Instant, now: Instant): Instant {
  const recent = nextScheduled(schedule, now - longAgoMs);
  let due = recent !== undefined && recent <= now ? Math.max(first, recent) : first;
  for (
    let next = nextScheduled(schedule, due);
    next !== undefined && next <= now;
    next = nextScheduled(schedule, due)
  )
    due = next;
  return due;
}
