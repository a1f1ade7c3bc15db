import type { Instant } from '../json.js';
import { openItems } from './task-answer.js';
import { close, noted, notify, type Changed } from './task-change.js';
import { afterRinging, ringing } from './task-clocks.js';
import type { Asked, Decision, TaskClock, TaskState } from './task.js';
import { askedText } from './who-answers.js';

/** Lets every clock ring that has come to its time, in order. */
export function ring(state: TaskState, now: Instant): Changed {
  let changed: Changed = { state, effects: [] };
  for (let rung = ringing(state, now); rung !== undefined; rung = ringing(changed.state, now)) {
    const before = { ...changed.state, clocks: afterRinging(changed.state, rung, now) };
    const { state: next, effects } = rang(before, rung, now);
    changed = { state: next, effects: [...changed.effects, ...effects] };
  }
  return changed;
}

function rang(state: TaskState, clock: TaskClock, now: Instant): Changed {
  switch (clock.rings) {
    case 'remind':
      return {
        state: noted(state, { at: now, what: 'reminded' }),
        effects: [notify('reminded', state.asked)],
      };
    case 'due':
      return {
        state: noted({ ...state, overdueAt: now }, { at: now, what: 'overdue' }),
        effects: [notify('overdue', state.asked)],
      };
    case 'escalate':
      return escalate(state, clock.step, now);
    case 'window':
      return endOfWindow(state, now);
  }
}

function escalate(state: TaskState, step: number, now: Instant): Changed {
  const { to } = state.request.escalate[step]!;
  // Whoever comes in must be able to decide what the first ones were to decide.
  const added: Asked = { ...to, authority: Math.max(to.authority, state.request.to.authority) };
  const asked = [...state.asked, added];
  const detail = `also put to ${askedText([added])}`;
  return {
    state: noted({ ...state, asked }, { at: now, what: 'escalated', detail }),
    effects: [notify('escalated', [added])],
  };
}

/** Silence means what the definition says it means. */
function endOfWindow(state: TaskState, now: Instant): Changed {
  const decision: Decision = {
    answer: state.request.atEnd!,
    by: null,
    at: now,
    fields: state.request.silenceFields ?? {},
  };
  const detail = `"${decision.answer}", because nobody said otherwise in time`;
  const silent = noted(state, { at: now, what: 'answered', detail });
  if (state.request.items === undefined) return close(silent, decision, now);
  const rest = Object.fromEntries(openItems(state).map((key) => [key, decision]));
  return close({ ...silent, decisions: { ...state.decisions, ...rest } }, decision, now);
}
