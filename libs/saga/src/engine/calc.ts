import type { CalcNode } from '../node.js';
import { close } from './block-result.js';
import type { Place } from './chart.js';
import { decide } from './deciding.js';
import { emit, type Moment } from './moment.js';
import { leaf, type NodeKind } from './node-kind.js';
import { raiseError } from './raising.js';
import { evaluate } from './values.js';

/** A pure value. */
export const calc: NodeKind<CalcNode> = leaf((moment, place) => {
  const { decide } = place.site.node;
  if (decide !== undefined) return decideAt(moment, place, decide);
  const value = evaluate(moment, place, place.site.node.value);
  return value.ok ? close(moment, place, value.value) : raiseError(moment, place, value.error, value.message);
});

function decideAt(
  moment: Moment,
  place: Place<CalcNode>,
  { table, version, ask }: NonNullable<CalcNode['decide']>,
): Moment {
  const { moment: told, answer: decided } = decide(moment, place, ask);
  if (!decided.ok) return raiseError(told, place, decided.error, decided.message);
  const { inputs, ...answer } = decided.value;
  const { output, rules } = answer;
  const note = { what: 'decided', table, version, inputs, ...answer } as const;
  const noted = emit(told, { kind: 'noted', block: place.site.node.block, note });
  return close(noted, place, output, 'succeeded', { decision: { table, version, rules } });
}
