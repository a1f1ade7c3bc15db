/**
 * Values that must stand in no document, log or store, by their names.
 *
 * Asked each time one is needed, so that a secret that is changed counts at once.
 */
export abstract class Secrets {
  /** The secret, or `undefined` when there is none of this name. */
  abstract find(name: string): Promise<string | undefined>;
}
