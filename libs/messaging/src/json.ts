/** A JSON value as it travels in message bodies, saga inputs and outputs. Never mutated once made. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json;
}
