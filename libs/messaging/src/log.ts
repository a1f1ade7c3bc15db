/** Fields of a log line: ids, counts, names. Never payloads. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** Where a component says what happened. Messages are constant strings; what varies is in the fields. */
export abstract class Log {
  /** Whether `debug` is written: what costs something to put together is asked for first. */
  get isDetailed(): boolean {
    return false;
  }

  abstract debug(message: string, fields?: LogFields): void;
  abstract info(message: string, fields?: LogFields): void;
  abstract warn(message: string, fields?: LogFields): void;
  abstract error(message: string, fields?: LogFields): void;
}

/** Says nothing. */
export class NoLog extends Log {
  override debug(): void {
    // Silent by design.
  }
  override info(): void {
    // Silent by design.
  }
  override warn(): void {
    // Silent by design.
  }
  override error(): void {
    // Silent by design.
  }
}
