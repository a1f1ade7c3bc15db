import { operationParts } from '../src/operation-name.js';
import type { EngineState } from '../src/engine/engine-state.js';
import type { BlockResult } from '../src/scope-values.js';
import { nodesOf } from './nodes-of.js';
import type { Run } from './simulated-run.js';

/** What an event has to confirm is gone on with only after that event, and what was true long ago never. */
export function believesNobody({ program, turns }: Run): readonly string[] {
  const commands = nodesOf(program.root).flatMap((node) =>
    node.kind === 'ask' && node.channel === 'command' ? [node] : [],
  );
  const confirmed = commands.filter(({ confirm }) => confirm !== undefined).map(({ block }) => block);
  const fresh = commands.filter((node) => node.fresh !== undefined).map(({ block }) => block);
  const heard = new Set<string>();
  return turns.flatMap(({ input, after }) => {
    if (input.kind === 'heard') heard.add(operationParts(input.id)!.block);
    return succeeded(after).flatMap(([block, { output }]) => {
      if (confirmed.includes(block) && !heard.has(block)) return [`${block} is done without its event`];
      const isOld = fresh.includes(block) && output !== null && Object.hasOwn(output as object, 'age');
      return isOld ? [`${block} is done by an old answer`] : [];
    });
  });
}

function succeeded({ steps, iterations = {} }: EngineState): readonly (readonly [string, BlockResult])[] {
  const inside = Object.values(iterations).flatMap((iteration) => Object.entries(iteration.steps ?? {}));
  return [...Object.entries(steps), ...inside].filter(([, { outcome }]) => outcome === 'succeeded');
}
