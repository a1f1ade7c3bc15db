import { advance, compileDefinitions, formatProblem, nextDue } from '#libs/saga';
import type { AnswerInput, Effect, HeardInput, Program, SagaInput, SagaState } from '#libs/saga';

type Said = Partial<Pick<AnswerInput, 'outcome' | 'error' | 'data'>>;

/** What the outside does: about a command by its name, about a wait by its block or channel. Each once, then what is usual. */
export interface Ending {
  readonly saga: string;
  readonly documents?: string;
  /** `silent`: nothing is heard. `taken-back`: refused, and done all the same. What is not named succeeds. */
  readonly says?: Readonly<Record<string, readonly (Said | 'silent' | 'taken-back' | 'not-sent')[]>>;
  /** What is not named never comes. */
  readonly hears?: Readonly<Record<string, readonly Partial<Pick<HeardInput, 'what' | 'data'>>[]>>;
  readonly toggles?: Readonly<Record<string, boolean>>;
  /** Cancelled by a person as soon as it waits. */
  readonly isCancelled?: true;
}

/** One input, and what it did. */
export interface Step {
  readonly input: SagaInput;
  readonly effects: readonly Effect[];
}

/** Plays a saga as far as it goes by itself. */
export function played(ending: Ending): readonly Step[] {
  const program = programOf(ending);
  const { toggles = {} } = ending;
  const facts = { id: 's1', key: 'k1', definition: program.definition, version: 1, startedAt: 0, hops: 0 };
  const outside = new Outside(ending);
  const steps: Step[] = [];
  let input: SagaInput | undefined = { kind: 'start', now: 0, facts, input: { id: 'i1' }, toggles };
  let state: SagaState | undefined;
  for (let count = 0; count < 60 && input !== undefined; count += 1) {
    const turn = advance(program, state, input);
    state = turn.state;
    steps.push({ input, effects: turn.effects });
    outside.take(turn.effects);
    input = outside.next(state);
  }
  return steps;
}

function programOf({ saga, documents = '' }: Ending): Program {
  const text = `saga: ends\nversion: 1\nkey: input.id\n${saga}${documents}`;
  const { programs, problems } = compileDefinitions([{ file: 'saga.yaml', text }]);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(formatProblem).join('\n'));
  return programs[0]!;
}

/** Everybody the saga speaks to. */
class Outside {
  private readonly said: Map<string, (Said | 'silent' | 'taken-back' | 'not-sent')[]>;
  private readonly inputs: ((now: number) => SagaInput)[] = [];
  private readonly late: ((now: number) => SagaInput)[] = [];
  private isCancelled: boolean;

  constructor(private readonly ending: Ending) {
    const { says = {}, isCancelled = false } = ending;
    this.said = new Map(Object.entries(says).map(([call, list]) => [call, [...list]]));
    this.isCancelled = isCancelled;
  }

  take(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'open') this.answer(effect);
      else if (effect.kind === 'await') this.bring(effect);
    }
  }

  /** What comes in, then what a person does, then time, then what was late. */
  next(state: SagaState): SagaInput | undefined {
    const { at: now } = state;
    const input = this.inputs.shift();
    if (input !== undefined) return input(now);
    if (this.isCancelled) {
      this.isCancelled = false;
      return { kind: 'action', now, by: 'ann', action: { kind: 'cancel' } };
    }
    const isStuck = Object.keys(state.incidents).length > 0;
    const due = isStuck ? undefined : nextDue(state);
    if (due !== undefined) return { kind: 'due', now: due };
    return this.late.shift()?.(now);
  }

  private answer({ call, operation, attempt }: Extract<Effect, { kind: 'open' }>): void {
    const said = this.said.get(call)?.shift() ?? {};
    if (said === 'silent') return;
    if (said === 'not-sent')
      return void this.inputs.push((now) => ({
        kind: 'not-sent',
        now,
        operation,
        attempt,
        reason: 'too large',
      }));
    const answer = (parts: Said) => (now: number) =>
      ({ kind: 'answer', now, operation, attempt, outcome: 'succeeded', data: {}, ...parts }) as const;
    if (said !== 'taken-back') return void this.inputs.push(answer(said));
    this.inputs.push(answer({ outcome: 'rejected', error: 'no' }));
    this.late.push(answer({}));
  }

  private bring({ id, block, channel }: Extract<Effect, { kind: 'await' }>): void {
    for (const heard of this.ending.hears?.[block] ?? this.ending.hears?.[channel] ?? [])
      this.inputs.push((now) => ({ kind: 'heard', now, id, what: 'event', data: {}, ...heard }));
  }
}
