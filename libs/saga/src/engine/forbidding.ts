import { refusedByRuleText, type BrokenRule, type Proposer } from '../broken-rule.js';
import type { Effect, Note } from '../effect.js';
import type { ActionInput, SagaInput } from '../input.js';
import { participantOf } from '../participant-of.js';
import { emit, type Moment } from './moment.js';
import { commandOf, findOperation } from './operations.js';
import { refuse } from './refusing.js';
import type { Evaluated } from './values.js';

type ForbiddenNote = Extract<Note, { readonly what: 'forbidden' }>;

/** Notes that a command is not sent because of a rule, where that is why its data could not be made. */
export function noteForbidden(
  moment: Moment,
  block: string,
  { broken }: Extract<Evaluated<unknown>, { readonly ok: false }>,
): Moment {
  return broken === undefined
    ? moment
    : emit(moment, { kind: 'noted', block, note: { what: 'forbidden', broken } });
}

/** The rule that speaks against what a person proposes; none where the definition says itself what follows from that. */
export function objectionOf(effects: readonly Effect[]): BrokenRule | undefined {
  const broken = effects.flatMap((effect) => forbiddenIn(effect)?.broken ?? []);
  const caught = effects.filter((effect) => effect.kind === 'caught' && effect.error === 'invalid');
  const isStuck = effects.some((effect) => effect.kind === 'incident' && effect.open);
  return caught.length >= broken.length && !isStuck ? undefined : broken[0];
}

/**
 * What came of an action, unless it breaks a rule about a command: then it is refused, and the saga stays as it is. A
 * `retry` proposes no values, so one from which anything at all goes on is left to do so.
 */
export function unlessForbidden(before: Moment, { action }: ActionInput, after: Moment): Moment {
  if (action.kind !== 'skip' && action.kind !== 'retry') return after;
  const broken = objectionOf(after.effects);
  const goesOn =
    action.kind === 'retry' && after.effects.some(({ kind }) => kind === 'open' || kind === 'await');
  return broken === undefined || goesOn
    ? after
    : refuse(before, 'RULE_BROKEN', refusedByRuleText(broken), broken);
}

/** Effects in which it is said who proposed what a rule forbids. */
export function withProposer(moment: Moment, input: SagaInput): readonly Effect[] {
  if (!moment.effects.some((effect) => forbiddenIn(effect) !== undefined)) return moment.effects;
  const by = proposerOf(moment, input);
  return moment.effects.map((effect) => {
    const note = forbiddenIn(effect);
    return note === undefined || effect.kind !== 'noted' ? effect : { ...effect, note: { ...note, by } };
  });
}

function forbiddenIn(effect: Effect): ForbiddenNote | undefined {
  return effect.kind === 'noted' && effect.note.what === 'forbidden' ? effect.note : undefined;
}

function proposerOf(moment: Moment, input: SagaInput): Proposer {
  switch (input.kind) {
    case 'start': {
      const { by, type = 'a start' } = input.origin ?? {};
      return by === undefined ? { kind: 'other', name: type } : { kind: 'person', name: by };
    }
    case 'answer':
      return answerer(moment, input.operation);
    case 'heard': {
      const { by, event, what } = input;
      return by === undefined ? { kind: 'other', name: event?.type ?? what } : { kind: 'person', name: by };
    }
    case 'action':
      return { kind: input.isOwn === true ? 'other' : 'person', name: input.by };
    case 'due':
      return { kind: 'other', name: 'the clock' };
    case 'not-sent':
      return { kind: 'other', name: 'the broker' };
    case 'switched':
      return { kind: 'other', name: `toggle ${input.toggle}` };
  }
}

function answerer(moment: Moment, name: Extract<SagaInput, { kind: 'answer' }>['operation']): Proposer {
  const found = findOperation(moment, name);
  const call = found && commandOf(moment, found.operation)?.call;
  const participant = call === undefined ? name : participantOf(call);
  const isAgent = moment.chart.program.agents?.includes(participant) === true;
  return { kind: isAgent ? 'agent' : 'participant', name: participant };
}
