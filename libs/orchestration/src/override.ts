import type { Transition } from './saga-trace.js';

/** What people do in the place of a definition or a participant. To ask again is none: the answer is still theirs. */
export const overridingActions = ['skip', 'fix', 'cancel'] as const;

/** One of {@link overridingActions}. */
export type OverridingAction = (typeof overridingActions)[number];

/** What a person decided by this input, if it was not refused. Where Skald itself stops a saga, nobody has. */
export function overrideBy({
  input,
  effects,
}: Pick<Transition, 'input' | 'effects'>): OverridingAction | undefined {
  if (input.kind !== 'action' || input.isOwn === true) return undefined;
  const asked = input.action.kind;
  const action = overridingActions.find((one) => one === asked);
  return effects.some(({ kind }) => kind === 'refused') ? undefined : action;
}
