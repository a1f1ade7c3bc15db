import type { JsonObject } from '../json.js';
import { attend } from './attend.js';
import type { Person, TaskEffect, TaskInput, TaskRequest, TaskState } from './task.js';

/** A second, a minute and an hour in milliseconds. */
export const second = 1_000;
export const minute = 60_000;
export const hour = 3_600_000;

/** A Friday morning in Berlin. */
export const friday = Date.parse('2026-11-20T10:00:00+01:00');

/** Somebody who may decide claims, somebody above, somebody below. */
export const ann: Person = { by: 'ann', roles: ['adjudicator'] };
export const bob: Person = { by: 'bob', roles: ['senior-adjudicator'] };
export const clerk: Person = { by: 'carl', roles: ['clerk'] };
export const head: Person = { by: 'hedda', roles: ['head-of-claims'] };

/** A claim to be decided by an adjudicator. */
export const claim: TaskRequest = {
  title: 'Decide claim C-1',
  mode: 'approve',
  to: { role: 'adjudicator', authority: 3 },
  show: { amount: 900 },
  answers: { approve: {}, deny: { adverse: true, needs: ['reason'] } },
  escalate: [{ after: { days: 0, ms: minute }, to: { role: 'senior-adjudicator', authority: 3 } }],
  roles: { clerk: 1, adjudicator: 3, 'senior-adjudicator': 3, 'head-of-claims': 4 },
};

/** One task in virtual time, with everything that came of it. */
export class TaskRun {
  state: TaskState | undefined;
  wakeAt: number | undefined;
  readonly effects: TaskEffect[] = [];

  constructor(
    request: Partial<TaskRequest> = {},
    public now = friday,
  ) {
    const origin = { saga: 's1', key: 'C-1', definition: 'decide-claim', block: 'adjudicate' };
    this.give({ kind: 'open', origin, request: { ...claim, ...request } });
  }

  /** Folds one input; what came of it. */
  give(input: TaskInput): readonly TaskEffect[] {
    const { state, effects, wakeAt } = attend(this.state, input, this.now);
    this.state = state;
    this.wakeAt = wakeAt;
    this.effects.push(...effects);
    return effects;
  }

  /** Lets time pass, waking the task when it asks to be. */
  pass(ms: number): this {
    const end = this.now + ms;
    for (let count = 0; this.wakeAt !== undefined && this.wakeAt <= end && count < 1_000; count++) {
      this.now = Math.max(this.now, this.wakeAt);
      this.give({ kind: 'due' });
    }
    this.now = end;
    return this;
  }

  answer(person: Person, answer: string, fields: JsonObject = {}, items?: readonly string[]): string {
    const effects = this.give({
      kind: 'answer',
      ...person,
      answer,
      fields,
      ...(items === undefined ? {} : { items }),
    });
    const said = effects.find(({ kind }) => kind === 'accepted' || kind === 'refused');
    return said?.kind === 'refused'
      ? `${said.code}: ${said.message}`
      : said?.kind === 'accepted'
        ? said.detail
        : '';
  }

  /** What whoever sends mails was told, in order. */
  get told(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.kind === 'notify' ? [effect.what] : []));
  }

  /** What the saga heard. */
  get heard(): readonly unknown[] {
    return this.effects.flatMap((effect) => (effect.kind === 'answered' ? [effect.data] : []));
  }
}
