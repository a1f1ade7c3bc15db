import { at, textAt, type Cursor } from '../document/cursor.js';
import type { Place } from '../expression/place.js';
import { ANY } from '../expression/static-type.js';
import type { Program } from '../program.js';
import type { BlockCompiler } from './block-compiler.js';
import { checkKept } from './clearance.js';

/** Compiles what a saga has found out that was run to read a fact; what that is made of stays classed as it was. */
export function compileKnown(
  saga: Cursor,
  place: Place,
  { contracts, log, template, instant }: BlockCompiler,
): Pick<Program, 'known'> {
  const known = at(saga, 'known');
  if (known === undefined) return {};
  const [cursor, asOf] = [at(known, 'value')!, at(known, 'asOf')];
  const { type, evaluate: value } = template(cursor, place);
  for (const [fact, { readBy }] of contracts.facts)
    if (readBy === textAt(saga, 'saga'))
      checkKept(contracts.factTypes.get(fact) ?? ANY, { type, cursor, isWritten: true }, fact, log);
  return { known: { value, ...(asOf && { asOf: instant(asOf, place) }) } };
}
