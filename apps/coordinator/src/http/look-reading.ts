import type { Look } from '#libs/orchestration';
import type { RequestHeaders } from './http-exchange.js';
import { invalid, type QueryReader } from './request-reading.js';

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
