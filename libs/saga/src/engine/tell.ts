import type { TellNode } from '../node.js';
import { iterationSuffix } from '../operation-name.js';
import { record, resultOf } from './iterations.js';
import { done, emit } from './moment.js';
import { leaf, type NodeKind } from './node-kind.js';
import { raiseError } from './raising.js';
import { evaluate } from './values.js';

/** A one-way message. Told again, in a loop or after a retry, it is another event and has another id. */
export const tell: NodeKind<TellNode> = leaf((moment, place) => {
  const { block, event, data: expression } = place.site.node;
  const data = evaluate(moment, place, expression);
  if (!data.ok) return raiseError(moment, place, data.error, data.message);
  const attempts = (resultOf(moment, place, block)?.attempts ?? 0) + 1;
  const id = `${block}${iterationSuffix(place.iteration)}/${attempts}`;
  const told = emit(moment, { kind: 'tell', id, block, event, data: data.value });
  const { now } = moment;
  return done(
    record(told, place, block, {
      output: null,
      outcome: 'succeeded',
      attempts,
      startedAt: now,
      endedAt: now,
    }),
    place,
  );
});
