import type { Outside } from './outside.js';
import type { Move, Script } from './move.js';

/** Takes the moves of scripts one after the other, each as often as it stands there. */
export interface ScriptReader {
  /**
   * The next move for something with these names, the most exact first; `undefined` where nothing is said. `place`
   * keeps the items of a block that runs for several apart.
   */
  next(names: readonly string[], place: string): Move | undefined;
  /** Everything that is said of a name. */
  all(name: string): readonly Move[];
}

/** The names a block goes by in scripts, the most exact first. */
export function namesAt(block: string, iteration: readonly string[]): readonly string[] {
  return iteration.length === 0 ? [block] : [`${block}@${iteration.join(',')}`, block];
}

/** Which item of a block that runs for several: each has moves of its own. Repeating takes them one after the other. */
export function itemAt(outside: Outside, block: string, iteration: readonly string[]): string {
  const counters = outside.counters.get(block);
  return (counters === undefined ? iteration : iteration.filter((_, index) => !counters[index])).join(',');
}

/** Reads scripts; what is found in the first one counts. */
export function scriptReader(scripts: readonly Script[]): ScriptReader {
  const taken = new Map<string, number>();
  const takeFrom = (script: Script, layer: number, name: string, place: string): Move | undefined => {
    const moves = script.get(name);
    if (moves === undefined) return undefined;
    const key = `${layer} ${name} ${place}`;
    const count = taken.get(key) ?? 0;
    taken.set(key, count + 1);
    return moves.list[count] ?? (moves.isEndless ? moves.list.at(-1) : undefined);
  };
  return {
    next(names, place) {
      for (const [layer, script] of scripts.entries())
        for (const name of names) {
          const move = takeFrom(script, layer, name, place);
          if (move !== undefined) return move;
        }
      return undefined;
    },
    all: (name) => scripts.find((script) => script.has(name))?.get(name)?.list ?? [],
  };
}
