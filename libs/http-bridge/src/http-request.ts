import type { Command, Json, JsonObject } from '#libs/messaging';
import type { HttpCommand, HttpParticipant } from './http-participant.js';

/** A request that is ready to be sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Why a command cannot be written as a request: nothing was sent. */
export class RequestImpossibleError extends Error {
  override readonly name = 'RequestImpossibleError';
}

/**
 * Writes a command as a request: `{names}` in the path are taken from its data, the rest is the body, or the query
 * where the method has none. The operation is the idempotency key.
 *
 * @throws RequestImpossibleError when the path cannot be filled.
 */
export function requestOf(
  participant: HttpParticipant,
  call: HttpCommand,
  command: Command,
  token: string | undefined,
): HttpRequest {
  const data: JsonObject = isMap(command.data) ? command.data : {};
  const { path, used } = filledPath(call.path, data);
  const url = new URL(`${participant.base}${path}`);
  const rest = Object.entries(data).filter(([name]) => !used.has(name));
  const hasBody = call.method !== 'GET' && call.method !== 'DELETE';
  if (!hasBody) for (const [name, value] of rest) url.searchParams.set(name, textOf(value));
  const body = isMap(command.data) ? Object.fromEntries(rest) : command.data;
  return {
    method: call.method,
    url,
    headers: {
      ...headersOf(participant, command, token),
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: JSON.stringify(body) } : {}),
  };
}

function headersOf(
  { idempotencyHeader = 'idempotency-key' }: HttpParticipant,
  { operation, saga, compensates, verifies, trace }: Command,
  token: string | undefined,
): Record<string, string> {
  return {
    accept: 'application/json',
    [idempotencyHeader.toLowerCase()]: operation,
    'saga-id': saga,
    ...(compensates === undefined ? {} : { 'saga-compensates': compensates }),
    ...(verifies === undefined ? {} : { 'saga-verifies': verifies }),
    ...(trace.traceparent === undefined ? {} : { traceparent: trace.traceparent }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

function filledPath(
  template: string,
  data: JsonObject,
): { readonly path: string; readonly used: ReadonlySet<string> } {
  const used = new Set<string>();
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = data[name];
    const text = value === undefined || value === null ? '' : textOf(value);
    // A segment of dots would lead to another place than the contract says.
    if (text === '' || /^\.{1,2}$/.test(text))
      throw new RequestImpossibleError(`the path ${template} needs "${name}"`);
    used.add(name);
    return encodeURIComponent(text);
  });
  return { path, used };
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isMap(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
