import type { Json } from '../json.js';
import type { Freshness } from '../node.js';
import { cannotTell, doubt, inquireAgain } from './doubting.js';
import type { Operation } from './engine-state.js';
import { isListening, tryAgain } from './exchange.js';
import { emit, type Moment } from './moment.js';
import { current, nodeOf, placeOf, quieten } from './operations.js';
import { evaluate } from './values.js';

/** What keeps an answer from being a new one; `undefined` if nothing does. One that does not say when it was true is old. */
export function ageProblem(
  moment: Moment,
  operation: Operation,
  { withinMs, asOf }: Freshness,
  data: Json,
): string | undefined {
  const time = evaluate(moment, placeOf(moment, operation), asOf, { data });
  if (!time.ok) return `the answer does not say when it was true: ${time.message}`;
  return moment.now - time.value > withinMs
    ? `the answer was true at ${new Date(time.value).toISOString()}, which is too long ago`
    : undefined;
}

/** An answer that is too old, to which way of speaking, and to which attempt. */
interface OldAnswer {
  readonly way: 'do' | 'verify';
  readonly attempt: number | undefined;
  readonly problem: string;
}

/** An old answer says nothing of today. A query is asked anew; what has an effect is in doubt as if nobody had answered. */
export function doubtAge(moment: Moment, operation: Operation, { way, attempt, problem }: OldAnswer): Moment {
  if (!isAwaited(moment, operation, way, attempt)) return moment;
  const { block, call, effect, ifUnknown } = nodeOf(moment, operation);
  const noted = emit(moment, { kind: 'noted', block, note: { what: 'too-old', call, problem } });
  if (way === 'verify') return inquireAgain(noted, current(noted, operation), 'failed');
  const quiet = quieten(noted, operation);
  if (effect || ifUnknown !== 'retry') return doubt(quiet, operation, problem);
  return tryAgain(quiet, operation, 'do', 'failed') ?? cannotTell(quiet, operation, problem);
}

/** An old answer counts once, and only from the attempt that is out: what comes again, or late, says nothing more. */
function isAwaited(
  moment: Moment,
  operation: Operation,
  way: 'do' | 'verify',
  attempt: number | undefined,
): boolean {
  const exchange = operation[way];
  const isOut = exchange?.state === 'sent' || exchange?.state === 'accepted';
  return isOut && (attempt ?? exchange.attempt) === exchange.attempt && isListening(moment, operation, way);
}
