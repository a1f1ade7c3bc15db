import type { Instant } from '../json.js';
import { after, afterOpenTime, openTime } from './calendar.js';
import type { TaskClock, TaskRequest, TaskState } from './task.js';

/** The clocks of a task that is opened. */
export function clocksOf(request: TaskRequest, now: Instant): readonly TaskClock[] {
  const { remind, escalate, due, window, calendar } = request;
  return [
    ...(remind === undefined ? [] : [{ rings: 'remind' as const, at: after(remind.after, now, calendar) }]),
    ...escalate.map((step, index) => ({
      rings: 'escalate' as const,
      at: after(step.after, now, calendar),
      step: index,
    })),
    ...(due === undefined ? [] : [{ rings: 'due' as const, at: after(due, now, calendar) }]),
    ...(window === undefined ? [] : [{ rings: 'window' as const, at: after(window, now, calendar) }]),
  ];
}

/** The clock that rings first, if one has rung by now. Of several at one time the window is the last. */
export function ringing({ clocks, stoppedAt }: TaskState, now: Instant): TaskClock | undefined {
  if (stoppedAt !== undefined) return undefined;
  return clocks
    .filter(({ at }) => at <= now)
    .sort(
      (left, right) =>
        left.at - right.at || Number(left.rings === 'window') - Number(right.rings === 'window'),
    )[0];
}

/** When a clock rings next; never while they stand still. */
export function nextRing({ clocks, stoppedAt }: TaskState): Instant | undefined {
  return stoppedAt !== undefined || clocks.length === 0 ? undefined : Math.min(...clocks.map(({ at }) => at));
}

/** The clocks without one, and with its next ringing if it rings again. */
export function afterRinging(state: TaskState, rung: TaskClock, now: Instant): readonly TaskClock[] {
  const { calendar, remind } = state.request;
  const others = state.clocks.filter((clock) => clock !== rung);
  if (rung.rings !== 'remind' || remind?.every === undefined) return others;
  const regular = after(remind.every, rung.at, calendar);
  // Reminders that were slept through are not made up for.
  const at = regular > now ? regular : after(remind.every, now, calendar);
  return [...others, { rings: 'remind', at }];
}

/** The clocks after standing still from one instant to another: what was left of each is left still. */
export function moved(
  clocks: readonly TaskClock[],
  from: Instant,
  to: Instant,
  calendar: TaskRequest['calendar'],
): readonly TaskClock[] {
  return clocks.map((clock) => {
    if (clock.at <= from) return { ...clock, at: to };
    return { ...clock, at: afterOpenTime(openTime(from, clock.at, calendar), to, calendar) };
  });
}
