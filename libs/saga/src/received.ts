import type { Json } from './json.js';

/** An answer held against the contract of its command. */
export type Received =
  | {
      readonly kind: 'fits';
      /** As it came, or with variants of declared values put right. */
      readonly data: Json;
      readonly changes?: readonly Change[];
      /** What the contract wants kept, by how it is written. */
      readonly kept?: Readonly<Record<string, Json>>;
    }
  /** Its form is not the declared one: the participant has changed, or the contract is wrong. */
  | { readonly kind: 'drift'; readonly problems: readonly string[] }
  /** Its form is right, and what it says is out of bounds. */
  | { readonly kind: 'denied'; readonly problem: string; readonly kept?: Readonly<Record<string, Json>> };

/** A text that was taken for the declared value it differs from in case and spacing only. */
export interface Change {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}
