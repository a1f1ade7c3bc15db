import type { Log } from '#libs/messaging';
import type { Transition } from './saga-trace.js';

/** One line for what an input did to a saga: where it came from, and what followed. Ids and names, never a payload. */
export function logTransition(log: Log, transition: Transition): void {
  const { saga, facts, anchor, input, effects, topic, part, offset } = transition;
  const steps = new Set(
    effects.flatMap((effect) => ('block' in effect && effect.block !== undefined ? [effect.block] : [])),
  );
  log.debug('saga moved', {
    saga,
    definition: facts.definition,
    version: facts.version,
    trace: anchor === '' ? undefined : anchor.split('-')[1],
    input: input.kind,
    operation: 'operation' in input ? input.operation : undefined,
    step: steps.size === 0 ? undefined : [...steps].join(' '),
    effects: effects.map(({ kind }) => kind).join(' '),
    topic,
    partition: part,
    offset,
  });
}
