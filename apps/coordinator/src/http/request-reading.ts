import type { Instant } from '#libs/messaging';
import { failureModes, RequestError, type FailureMode } from '#libs/orchestration';

/** Parameters behind the question mark: the last one counts where one is repeated. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

/** Reads the parameters of a request, each once, and turns away what it does not know: a typo must not widen a list. */
export class QueryReader {
  constructor(
    private readonly query: Query,
    allowed: readonly string[],
  ) {
    for (const name of Object.keys(query)) {
      if (!allowed.includes(name))
        throw invalid(`there is no parameter "${name}"; allowed are ${allowed.join(', ')}`);
    }
  }

  text(name: string): string | undefined {
    const given = this.query[name];
    const text = typeof given === 'string' || given === undefined ? given : given.at(-1);
    if (text?.includes('\0')) throw invalid(`${name} contains a NUL character`);
    return text === '' ? undefined : text;
  }

  required(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw invalid(`say ${name}`);
    return text;
  }

  flag(name: string): boolean | undefined {
    const text = this.choice(name, ['true', 'false']);
    return text === undefined ? undefined : text === 'true';
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text !== undefined && !/^\d{1,9}$/.test(text))
      throw invalid(`${name} has to be a whole number, not "${excerpt(text)}"`);
    return text === undefined ? undefined : Number(text);
  }

  requiredInstant(name: string): Instant {
    return instantOf(this.required(name), name);
  }

  choice<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = allowed.find((one) => one === text);
    if (found === undefined)
      throw invalid(`${name} is "${excerpt(text)}"; allowed are ${allowed.join(', ')}`);
    return found;
  }
}

/** How many rows a list may have. */
export function listLimit(reader: QueryReader): number {
  const limit = reader.integer('limit') ?? 50;
  if (limit < 1 || limit > 500) throw invalid('limit has to be a whole number from 1 to 500');
  return limit;
}

/** A body that has to be a JSON object with no other fields than `allowed`. */
export function objectBody(body: unknown, allowed: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('the body has to be a JSON object');
  const unknown = Object.keys(body).find((name) => !allowed.includes(name));
  if (unknown !== undefined)
    throw invalid(`the body has no field "${excerpt(unknown)}"; allowed are ${allowed.join(', ')}`);
  return body as Readonly<Record<string, unknown>>;
}

/** A text of a body that may be missing. */
export function textField(
  body: Readonly<Record<string, unknown>>,
  name: string,
  longest = 1_000,
): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw invalid(`${name} has to be a text`);
  if (value.length > longest) throw invalid(`${name} has more than ${longest} characters`);
  if (value.includes('\0')) throw invalid(`${name} contains a NUL character`);
  return value === '' ? undefined : value;
}

/** A point in time of a body that may be missing. */
export function instantField(body: Readonly<Record<string, unknown>>, name: string): Instant | undefined {
  const text = textField(body, name, 40);
  return text === undefined ? undefined : instantOf(text, name);
}

/** Who asks for it, kept with what was done. */
export function actorField(body: Readonly<Record<string, unknown>>): string {
  return textField(body, 'by', 200) ?? 'api';
}

/** Why it is asked for, where that has to be said. */
export function reasonField(body: Readonly<Record<string, unknown>>): string {
  const reason = textField(body, 'reason');
  if (reason === undefined) throw invalid('reason is missing: say why, it is kept');
  return reason;
}

/** What was found to be the matter, of a repair. */
export function modeField(body: Readonly<Record<string, unknown>>): FailureMode | undefined {
  const text = textField(body, 'mode', 200);
  if (text === undefined) return undefined;
  const mode = failureModes.find((one) => one === text);
  if (mode === undefined) throw invalid(`mode is "${excerpt(text)}"; allowed are ${failureModes.join(', ')}`);
  return mode;
}

/** A whole number in a path. */
export function pathInteger(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw invalid(`${name} has to be a whole number, not "${excerpt(text)}"`);
  return Number(text);
}

/** Without the fields that were not given. */
export function present<T extends object>(fields: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}

/** A request that makes no sense. */
export function invalid(message: string): RequestError {
  return new RequestError('INVALID_REQUEST', message);
}

function instantOf(text: string, name: string): Instant {
  const at = /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (at >= 0) return at;
  throw invalid(`${name} has to be a time after 1970 with its zone, such as 2026-03-01T12:00:00Z`);
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
