import { classedParts } from '../expression/field-classes.js';
import { ANY } from '../expression/static-type.js';
import type { NeededFact, Program } from '../program.js';
import type { FactAsk } from '../wait-node.js';
import type { Contracts } from './contracts.js';

/** The facts that are asked for, with what their owners say of them. One that nobody declares is a mistake found elsewhere. */
export function neededFacts(
  asked: readonly Pick<FactAsk, 'fact' | 'freshMs'>[],
  contracts: Contracts,
): Pick<Program, 'facts'> {
  const facts = [...new Set(asked.map(({ fact }) => fact))].flatMap((fact): readonly NeededFact[] => {
    const contract = contracts.facts.get(fact);
    if (contract === undefined) return [];
    const fresh = asked.flatMap((each) =>
      each.fact === fact ? [each.freshMs ?? Number.POSITIVE_INFINITY] : [],
    );
    const freshMs = Math.max(...fresh);
    const classed = classedParts(contracts.factTypes.get(fact) ?? ANY);
    return [
      {
        ...contract,
        fact,
        ...(Number.isFinite(freshMs) ? { freshMs } : {}),
        ...(classed.length > 0 && { classed }),
      },
    ];
  });
  return facts.length === 0 ? {} : { facts };
}
