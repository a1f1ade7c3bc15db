import type { Asker } from '#libs/messaging';
import type { Look } from '#libs/orchestration';
import type { RequestHeaders } from './http-exchange.js';
import { invalid, type QueryReader } from './request-reading.js';

/** Who asks for a start, and why, as far as it is said. */
export function askerIn(reader: QueryReader, headers: RequestHeaders): Asker | undefined {
  const by = reader.text('by') ?? headers['x-skald-by'];
  const reason = reader.text('reason');
  if (by === undefined || by === '') {
    if (reason !== undefined) throw invalid('say who gives this reason: `by`, or the header x-skald-by');
    return undefined;
  }
  return { by: by.slice(0, 200), ...(reason === undefined ? {} : { reason: reason.slice(0, 1_000) }) };
}

/** Whoever wants to see what is classed says who they are, and why. */
export function lookIn(reader: QueryReader, headers: RequestHeaders): Look | undefined {
  if (reader.flag('unmask') !== true) return undefined;
  const by = reader.text('by') ?? headers['x-skald-by'];
  const reason = reader.text('reason');
  if (by === undefined || reason === undefined)
    throw invalid(
      'who looks at what is classed says who it is (`by`, or the header x-skald-by) and why (`reason`)',
    );
  return { by: by.slice(0, 200), reason: reason.slice(0, 2_000) };
}
