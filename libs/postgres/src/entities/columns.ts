import type { ValueTransformer } from 'typeorm';
import type { Instant } from '#libs/messaging';

/** The driver gives 64-bit integers as text; ours (offsets, counters) stay below 2^53. */
export const counter: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | null) => (value === null ? null : Number(value)),
};

/** `timestamptz` outside, milliseconds inside. */
export const instant: ValueTransformer = {
  to: (value: Instant | null | undefined) => (typeof value === 'number' ? new Date(value) : value),
  from: (value: Date | null) => (value === null ? null : value.getTime()),
};

/** Stands for "no saga" where the column is part of a key. */
export const noSaga = '00000000-0000-0000-0000-000000000000';
