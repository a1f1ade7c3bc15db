import type { Instant, SagaId } from '#libs/messaging';
import { outlookOf, participantOf, type Program, type SagaState, type TaskState } from '#libs/saga';
import { overAt } from '../pauses/pause.js';
import type { HelpedWait } from './find-helpers.js';
import type { HeldWait } from './held-waits.js';
import { isHolder, openOperations, type OpenOperation, type WaitingView } from './waiting.js';

/** Who a saga goes on by: until then nobody else moves this part of it. */
export interface Control {
  readonly kind:
    | 'engine'
    | 'participant'
    | 'agent'
    | 'person'
    | 'timer'
    | 'limit'
    | 'saga'
    | 'lock'
    | 'event'
    | 'fact';
  /** Which one, in a word: a participant, a person or role, a resource, the type of an event. */
  readonly name?: string;
  readonly block?: string;
  readonly since: Instant;
  /** When control comes back by itself; absent: not before it is given back. */
  readonly until?: Instant;
  /** The saga that has it: one that is run, or that holds the lock. */
  readonly saga?: SagaId;
}

/** What {@link controlOf} looks at. */
export interface ControlView extends WaitingView {
  /** What is waited for outside the participants, and who can help. */
  readonly waits: readonly HelpedWait[];
  /** The tasks of the saga by the name it waits under. */
  readonly tasks: ReadonlyMap<string, TaskState>;
}

/** Who has control of a saga now: one for each part of it that stands still, and the engine where none does. Empty when it has ended. */
export function controlOf(view: ControlView): readonly Control[] {
  const { state, program } = view;
  if (state.status !== 'running' && state.status !== 'compensating') return [];
  const people = peopleOf(view);
  // Where a person has to decide, an answer that is late may still come, but nobody counts on it.
  const isDecided = ({ sent }: OpenOperation): boolean => people.some(({ block }) => block === sent.block);
  const exchanges = [...openOperations(view.history).values()].filter((open) => !isDecided(open));
  const holders = [
    ...people,
    ...exchanges.map((open) => exchangeHolder(open, view)),
    ...view.waits.filter(({ isBeside }) => !isBeside).map((wait) => waitHolder(wait, view)),
    ...(program === undefined ? [] : sleepers(program, state)),
  ];
  return holders.length > 0 ? holders : [{ kind: 'engine', since: state.at }];
}

/** Somebody has to decide about an incident, or a record that was set aside. */
function peopleOf({ incidents, parked, program }: ControlView): readonly Control[] {
  const owner = program?.owner === undefined ? {} : { name: program.owner };
  const open = incidents.filter(({ closedAt }) => closedAt === undefined);
  return [
    ...open.map(({ block, openedAt: since }): Control => ({
      kind: 'person',
      ...owner,
      ...(block !== undefined && { block }),
      since,
    })),
    ...parked.filter(isHolder).map(({ timestamp: since }): Control => ({ kind: 'person', ...owner, since })),
  ];
}

function exchangeHolder({ sent, since, phase }: OpenOperation, view: ControlView): Control {
  const { block, call, operation } = sent;
  const holding = view.held?.find((each) => each.operation === operation);
  if (holding !== undefined) return { block, ...heldHolder(holding) };
  const at = view.state.timers.find((timer) => timer.operation === operation)?.at;
  const until = at === undefined ? {} : { until: at };
  if (phase === 'failed') return { kind: 'timer', block, since, ...until };
  const name = participantOf(call);
  const isAgent = view.program?.agents?.includes(name) === true;
  return { kind: isAgent ? 'agent' : 'participant', name, block, since, ...until };
}

/** Whoever has paused it has to resume it; then it has its moment. */
function heldHolder({ limit, since, pause }: HeldWait): Omit<Control, 'block'> {
  if (pause === undefined) return { kind: 'limit', name: limit, since };
  const until = overAt(pause);
  return { kind: 'person', name: pause.by, since: pause.at, ...(until !== undefined && { until }) };
}

function waitHolder(
  { id, channel, block, text, since, until, help }: HelpedWait,
  view: ControlView,
): Control {
  const part = { block, since, ...(until !== undefined && { until }) };
  if (channel === 'task') return taskHolder(part, view.tasks.get(id));
  const saga = help.find((helper) => helper.saga !== undefined && helper.isSure === true)?.saga;
  const isHeldBySaga = (channel === 'saga' || channel === 'lock') && saga !== undefined;
  return { kind: channel, name: text, ...part, ...(isHeldBySaga && { saga }) };
}

function taskHolder(part: Omit<Control, 'kind'>, task: TaskState | undefined): Control {
  if (task === undefined) return { kind: 'person', ...part };
  const due = task.clocks.filter(({ rings }) => rings === 'due' || rings === 'window').map(({ at }) => at);
  const ends = [...due, ...(part.until === undefined ? [] : [part.until])];
  return {
    kind: 'person',
    name: task.claimedBy ?? namesOf(task),
    ...part,
    ...(ends.length > 0 && { until: Math.min(...ends) }),
  };
}

function sleepers(program: Program, state: SagaState): readonly Control[] {
  const { sleeps = [] } = outlookOf(program, state);
  return sleeps.map(({ block, since, until }) => ({ kind: 'timer', block, since, until }));
}

function namesOf({ asked }: TaskState): string {
  const names = asked.flatMap(({ role, candidates = [] }) => [
    ...(role === undefined ? [] : [role]),
    ...candidates,
  ]);
  return [...new Set(names)].join(', ');
}
