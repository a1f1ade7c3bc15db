import { operationParts, type Program, type SagaFacts, type StartOrigin, type Trigger } from '#libs/saga';
import type { HistoryEntry } from '../history.js';

/**
 * Why a saga ran, as a sentence: what happened, and which conditions of its trigger let it through.
 *
 * Absent where the history of its start is no longer there.
 */
export function whyItRan(
  { definition, version, parent, informs }: SagaFacts,
  history: readonly HistoryEntry[],
  program: Program | undefined,
): string | undefined {
  const started = history.find(({ input, effects }) => input.kind === 'start' && effects.length > 0);
  if (started === undefined || started.input.kind !== 'start') return undefined;
  const { origin } = started.input;
  const what = `${definition} version ${version} ran because`;
  if (parent !== undefined)
    return `${what} the saga ${parent.saga} runs it at ${operationParts(parent.id)?.block ?? parent.id}.`;
  if (informs !== undefined)
    return `${what} the ${informs.desk} ${informs.key} was asked for, and it reads that.`;
  if (origin === undefined) return undefined;
  const trigger = triggerOf(origin, program);
  const held = trigger?.gates.map(({ name }) => name) ?? [];
  const gates = held.length === 0 ? '' : `, and what is asked of that held: ${held.join(', ')}`;
  return `${what} ${happened(origin, started.cause ?? '')}${gates}.`;
}

function happened({ type, source, by, reason }: StartOrigin, id: string): string {
  switch (type) {
    case 'api':
      if (by === undefined) return `${source} asked for it (${id})`;
      return `${by} asked for it${reason === undefined ? '' : ` ("${reason}")`}`;
    case 'schedule':
      return `its schedule came due at ${id}`;
    case 'saga':
      return `a saga ended: ${id}`;
    default:
      return `${type} came (${id} of ${source})`;
  }
}

/** The trigger that was meant, where it is the only one of its kind. */
function triggerOf({ type }: StartOrigin, program: Program | undefined): Trigger | undefined {
  const fitting = (program?.triggers ?? []).filter((trigger) =>
    'event' in trigger ? trigger.event === type : trigger.kind === type,
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}
