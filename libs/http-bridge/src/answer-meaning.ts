import type { Answer, Instant, Json } from '#libs/messaging';
import type { HttpOutcome } from './http-exchange.js';
import type { HttpCommand } from './http-participant.js';

type Answered = Extract<HttpOutcome, { readonly kind: 'answered' }>;

/**
 * What an outcome says about a command; `undefined` when it does not say whether it was carried out.
 *
 * What the contract maps counts first. `failed` is said only of statuses by which a server says that it did not begin;
 * a query has no effect, so whatever went wrong with it is `failed`. `never` is said of what the server would say again.
 */
export function meaningOf(call: HttpCommand, outcome: HttpOutcome, now: Instant): Answer | undefined {
  if (outcome.kind === 'not-sent') return failed('unreachable');
  if (outcome.kind === 'lost') return call.hasEffect ? undefined : failed('no-answer');
  const meant = answeredMeaning(call, outcome, now);
  if (meant === undefined && call.hasEffect) return undefined;
  const answer = meant ?? failed(`http-${outcome.status}`);
  return outcome.usage === undefined ? answer : { ...answer, usage: outcome.usage };
}

function answeredMeaning(call: HttpCommand, answered: Answered, now: Instant): Answer | undefined {
  const { status, body } = answered;
  const mapped = call.statuses[String(status)];
  if (mapped === 'failed') return { ...failed(`http-${status}`), ...retryAfterOf(answered, now) };
  if (mapped === 'permanent') return failedForGood(status);
  if (mapped === 'accepted' || (mapped === undefined && status === 202))
    return { outcome: 'accepted', data: body ?? null };
  if (mapped !== undefined && mapped !== 'succeeded')
    return { outcome: 'rejected', error: mapped, data: body ?? null };
  if (mapped === 'succeeded' || (status >= 200 && status < 300)) return succeeded(body);
  if (refusesForGood.has(status)) return failedForGood(status);
  return hasNotBegun(status) ? { ...failed(`http-${status}`), ...retryAfterOf(answered, now) } : undefined;
}

/** What was done is done, but without an output nobody can go on with it: the question to verify may have it. */
function succeeded(body: Json | undefined): Answer | undefined {
  return body === undefined ? undefined : { outcome: 'succeeded', data: body };
}

/**
 * Statuses that are given before anything is done. Not among them: 408 and 5xx, where work may be under way; 409, which
 * a repeat may get because the first request is being carried out or has been; 301 to 303, which may follow the work.
 */
function hasNotBegun(status: number): boolean {
  if (status === 307 || status === 308 || status === 501 || status === 503) return true;
  return status >= 400 && status < 500 && status !== 408 && status !== 409;
}

/**
 * Statuses that say something about the request as it is. Not among them: 401, 403 and 404, since a secret, a permission
 * or a deployment may still arrive, and 423, 425 and 429, which pass.
 */
const refusesForGood: ReadonlySet<number> = new Set([
  400, 405, 406, 410, 411, 413, 414, 415, 417, 422, 431, 451, 501,
]);

function failedForGood(status: number): Answer {
  return { ...failed(`http-${status}`), retryAfterMs: 'never' };
}

function failed(error: string): Answer {
  return { outcome: 'failed', error, data: null };
}

const longestRetryAfterMs = 86_400_000;

/** Seconds or a date. */
function retryAfterOf({ retryAfter }: Answered, now: Instant): { readonly retryAfterMs?: number } {
  if (retryAfter === undefined) return {};
  const ms = /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now;
  if (!Number.isFinite(ms)) return {};
  return { retryAfterMs: Math.min(Math.max(ms, 0), longestRetryAfterMs) };
}
