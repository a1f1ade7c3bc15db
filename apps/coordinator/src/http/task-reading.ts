import { isDeskId, type Clock, type DeskId, type JsonObject } from '#libs/messaging';
import { RequestError, type TaskFilter } from '#libs/orchestration';
import type { RequestHeaders } from './http-exchange.js';
import { invalid, listLimit, present, QueryReader, textField, type Query } from './request-reading.js';

/** Somebody who acts, with the roles that whoever stands in front of this API vouches for. */
export interface Acting {
  readonly by: string;
  readonly roles: readonly string[];
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Which tasks are to be listed. */
export function taskFilter(query: Query, clock: Clock): TaskFilter {
  const names = ['role', 'assignee', 'saga', 'definition', 'key', 'overdue', 'olderThan', 'limit'];
  const reader = new QueryReader(query, names);
  const olderThan = reader.text('olderThan');
  return present({
    role: reader.text('role'),
    assignee: reader.text('assignee'),
    saga: reader.text('saga'),
    definition: reader.text('definition'),
    businessKey: reader.text('key'),
    overdue: reader.flag('overdue'),
    openedBefore: olderThan === undefined ? undefined : clock.now() - durationMs(olderThan),
    limit: listLimit(reader),
  });
}

/** The id of a task in a path. */
export function taskId(text: string): DeskId {
  const isTask: boolean = isDeskId(text);
  if (isTask) return text;
  throw new RequestError(
    'UNKNOWN_TASK',
    `"${text.slice(0, 60)}" is not the id of a task; GET /tasks lists those there are`,
  );
}

/** Who acts: said in the body, or by whoever stands in front of this API. */
export function actingIn(body: Readonly<Record<string, unknown>>, headers: RequestHeaders): Acting {
  const by = textField(body, 'by', 200) ?? headers['x-skald-by'];
  if (by === undefined || by === '')
    throw invalid('say who answers: `by` in the body, or the header x-skald-by');
  return { by: by.slice(0, 200), roles: rolesOf(body['roles'], headers['x-skald-roles']) };
}

/** Who looks, if it is said. */
export function lookingIn(by: string | undefined, roles: string | undefined): Acting | undefined {
  return by === undefined ? undefined : { by, roles: rolesOf(undefined, roles) };
}

/** The fields of an answer. */
export function answerFields(body: Readonly<Record<string, unknown>>): JsonObject {
  const fields = body['fields'] ?? {};
  if (typeof fields !== 'object' || Array.isArray(fields)) throw invalid('fields has to be a JSON object');
  const reason = textField(body, 'reason', 10_000);
  return { ...(fields as JsonObject), ...(reason === undefined ? {} : { reason }) };
}

/** Which items are meant; `all` for every one that is open. */
export function itemsIn(body: Readonly<Record<string, unknown>>): readonly string[] | 'all' | undefined {
  const { items } = body;
  if (items === undefined || items === 'all') return items;
  if (Array.isArray(items) && items.every((item) => typeof item === 'string')) return items;
  throw invalid('items has to be a list of keys, or "all"');
}

function rolesOf(roles: unknown, header: string | undefined): readonly string[] {
  if (roles === undefined)
    return (header ?? '')
      .split(',')
      .map((role) => role.trim())
      .filter((role) => role !== '');
  if (Array.isArray(roles) && roles.every((role) => typeof role === 'string')) return roles;
  throw invalid('roles has to be a list of texts');
}

function durationMs(text: string): number {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (match === null) throw invalid(`olderThan is "${text.slice(0, 60)}"; it has to be like 30m, 4h or 2d`);
  return Number(match[1]) * unitMs[match[2] as keyof typeof unitMs];
}
