/** A JSON value. Never mutated once made. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}

/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;
