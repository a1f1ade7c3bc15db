import type { TaskSummary, TaskView } from '#libs/orchestration';
import { isoTime } from './iso-time.js';

/** A task as listed. */
export function taskSummaryBody(task: TaskSummary) {
  const { openedAt, dueAt, overdueAt, closedAt, ...rest } = task;
  return {
    ...rest,
    openedAt: isoTime(openedAt),
    ...(dueAt === undefined ? {} : { dueAt: isoTime(dueAt) }),
    ...(overdueAt === undefined ? {} : { overdueAt: isoTime(overdueAt) }),
    ...(closedAt === undefined ? {} : { closedAt: isoTime(closedAt) }),
  };
}

/** Everything there is to know of a task. */
export function taskBody(task: TaskView) {
  const { silence, stoppedAt, decision, items, history } = task;
  return {
    ...task,
    ...taskSummaryBody(task),
    ...(silence === undefined ? {} : { silence: { ...silence, at: isoTime(silence.at) } }),
    ...(stoppedAt === undefined ? {} : { stoppedAt: isoTime(stoppedAt) }),
    ...(decision === undefined ? {} : { decision: { ...decision, at: isoTime(decision.at) } }),
    ...(items === undefined
      ? {}
      : {
          items: items.map((item) =>
            item.decision === undefined
              ? item
              : { ...item, decision: { ...item.decision, at: isoTime(item.decision.at) } },
          ),
        }),
    history: history.map((event) => ({ ...event, at: isoTime(event.at) })),
  };
}
