import type { Json } from '#libs/messaging';

/** A business "no", made by {@link rejected}. It is an answer, not a failure: nothing is tried again. */
export class Rejected {
  /** @internal */
  constructor(
    readonly error: string,
    readonly data: Json,
  ) {}
}

/** A promise to answer later, made by {@link accepted}. */
export class Accepted {
  /** @internal */
  constructor(readonly data: Json) {}
}

/**
 * What a handler decides: its output, `rejected(…)` or `accepted()`. No output is the output `null`.
 * What a handler throws is `failed`, never `rejected`.
 */
export type HandlerAnswer = Json | undefined | void | Rejected | Accepted;

/** The business says no: `error` is one of the errors the saga can catch, for example `out-of-stock`. */
export function rejected(error: string, data: Json = null): Rejected {
  return new Rejected(error, data);
}

/**
 * On a question about an operation that was answered as done: it was not done after all. Only this outweighs what is
 * remembered; the operation stays settled, and the saga tries another one.
 */
export function disproved(data: Json = null): Rejected {
  return new Rejected('not-done', data);
}

/**
 * The command was taken on and is answered later by `Participant.complete`. Until then repeats of it and questions
 * about it are answered `accepted`.
 */
export function accepted(data: Json = null): Accepted {
  return new Accepted(data);
}
