import { at, textAt, type Cursor } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import type { Limits } from '../contract.js';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `limits` of a participant or a command. */
export function readLimits(cursor: Cursor | undefined): Limits | undefined {
  if (cursor === undefined) return undefined;
  const rate = textAt(cursor, 'rate')?.split('/');
  const breaker = at(cursor, 'breaker');
  return {
    ...(rate && { rate: { count: Number(rate[0]), perMs: UNITS[rate[1]!]! } }),
    ...numberAt(cursor, 'concurrency'),
    ...numberAt(cursor, 'queue'),
    ...(breaker && {
      breaker: {
        failures: Number.parseFloat(textAt(breaker, 'failures')!) / 100,
        of: Number(at(breaker, 'of')!.value),
        probeMs: durationMs(textAt(breaker, 'probe')!)!,
      },
    }),
  };
}

function numberAt<K extends 'concurrency' | 'queue'>(cursor: Cursor, key: K): { readonly [P in K]?: number } {
  const value = at(cursor, key)?.value;
  return typeof value === 'number' ? ({ [key]: value } as { readonly [P in K]: number }) : {};
}
