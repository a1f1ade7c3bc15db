import type { Instant } from '#libs/messaging';
import { RequestError } from './request-error.js';

const timePattern = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,3})?Z$/;
/** The largest number of the columns that numbers of lines go to. */
const LARGEST = 2_147_483_647;

/** The fields of a JSON object that somebody may have edited: each is asked for as what it has to be. */
export class LineFields {
  private readonly asked = new Set<string>();

  private constructor(
    private readonly fields: Readonly<Record<string, unknown>>,
    /** What stands before a field's name in messages. */
    private readonly path: string,
  ) {}

  /** @throws RequestError when `value` is no object. */
  static of(value: unknown, path = ''): LineFields {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw wrong(path === '' ? 'it' : path.slice(0, -1), 'a JSON object', value);
    return new LineFields(value as Readonly<Record<string, unknown>>, path);
  }

  text(name: string): string {
    const value = this.take(name);
    if (typeof value !== 'string') throw wrong(this.path + name, 'a text', value);
    // No database takes this character.
    if (value.includes('\0')) throw wrong(this.path + name, 'a text without NUL characters', value);
    return value;
  }

  oneOf<Allowed extends string>(name: string, allowed: readonly Allowed[]): Allowed {
    const value = this.take(name);
    const found = allowed.find((one) => one === value);
    if (found === undefined) throw wrong(this.path + name, `one of ${allowed.join(', ')}`, value);
    return found;
  }

  count(name: string): number {
    const value = this.take(name);
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > LARGEST)
      throw wrong(this.path + name, 'a whole number', value);
    return value;
  }

  flag(name: string): boolean {
    const value = this.take(name);
    if (typeof value !== 'boolean') throw wrong(this.path + name, 'true or false', value);
    return value;
  }

  time(name: string): Instant {
    const value = this.take(name);
    const at = typeof value === 'string' && timePattern.test(value) ? Date.parse(value) : Number.NaN;
    if (Number.isNaN(at)) throw wrong(this.path + name, 'a time such as 2026-01-05T09:00:00.000Z', value);
    return at;
  }

  /** JSON of whatever kind, as text. */
  json(name: string): string {
    const value = this.take(name);
    if (value === undefined) throw wrong(this.path + name, 'JSON', value);
    return JSON.stringify(value);
  }

  /** A list as JSON text. */
  jsonList(name: string): string {
    const value = this.take(name);
    if (!Array.isArray(value)) throw wrong(this.path + name, 'a list', value);
    return JSON.stringify(value);
  }

  list(name: string): readonly LineFields[] {
    const value = this.take(name);
    if (!Array.isArray(value)) throw wrong(this.path + name, 'a list', value);
    return value.map((one, index) => LineFields.of(one, `${this.path}${name}[${index}].`));
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  /** @throws RequestError naming a field that nobody asked for: it would be lost. */
  assertNoOthers(): void {
    const other = Object.keys(this.fields).find((name) => !this.asked.has(name));
    if (other !== undefined)
      throw new RequestError('INVALID_REQUEST', `${this.path}${excerpt(other)} is not a field there is`);
  }

  private take(name: string): unknown {
    this.asked.add(name);
    return this.fields[name];
  }
}

function wrong(what: string, wanted: string, value: unknown): RequestError {
  const is = value === undefined ? 'is missing' : `is ${excerpt(JSON.stringify(value))}`;
  return new RequestError('INVALID_REQUEST', `${what} ${is}, and has to be ${wanted}`);
}

function excerpt(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
