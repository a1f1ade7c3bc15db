import type { OpenEffect, SagaStatus } from '../src/effect.js';
import type { Turned } from './simulated-run.js';

/** Every message that was sent, with the turn that sent it. */
export function opensOf(
  turns: readonly Turned[],
): readonly { readonly open: OpenEffect; readonly turn: Turned }[] {
  return turns.flatMap((turn) =>
    turn.effects.flatMap((open) => (open.kind === 'open' ? [{ open, turn }] : [])),
  );
}

/** The last turn. */
export function lastOf(turns: readonly Turned[]): Turned {
  return turns.at(-1)!;
}

/** Whether a saga with this status has ended. */
export function isFinal(status: SagaStatus): boolean {
  return status === 'completed' || status === 'compensated' || status === 'cancelled';
}
