import type { Program } from '../program.js';
import type { HeardMove, Move } from './move.js';
import type { Hearsay } from './stage.js';

/** What is said of a fact that is asked for: first by others than its source, and then by somebody who counts. */
export interface SaidOfFact {
  readonly hearsay: readonly HeardMove[];
  /** Absent where nobody who counts says anything. */
  readonly counting?: Move;
}

/** Takes moves until one counts. Somebody else who says the same for ever is heard once. */
export function saidOfFact(next: () => Move | undefined, source: string | undefined): SaidOfFact {
  const hearsay: HeardMove[] = [];
  for (let move = next(); move !== undefined && move !== hearsay.at(-1); move = next()) {
    if (!isHearsay(move, source)) return { hearsay, counting: move };
    hearsay.push(move);
  }
  return { hearsay };
}

/** The only source of a fact that counts; `undefined` where all do. */
export function declaredSource(
  fact: string | undefined,
  { facts = [] }: Pick<Program, 'facts'>,
): string | undefined {
  return facts.find((one) => one.fact === fact)?.source;
}

/** What is recorded of it. */
export function hearsayOf(fact: string, { from, data: value }: HeardMove): Hearsay {
  return { kind: 'hearsay', fact, from: from!, value };
}

function isHearsay(move: Move, source: string | undefined): move is HeardMove {
  return move.kind === 'heard' && source !== undefined && (move.from ?? source) !== source;
}
