import { hash16, uuidText, type Clock, type Json, type JsonObject, type SagaId } from '#libs/messaging';
import { assertNoted, type FailureMode } from '../failure-mode.js';
import type { OperatorAction } from '../home-action.js';
import type { OperatorStore } from '../operator-store.js';
import type { HomeMailbox } from './home-mailbox.js';
import { unknownSaga } from './request-error.js';
import { waitUntil } from './wait-until.js';

/** An operator's request about one saga. */
export interface ActionRequest {
  readonly saga: SagaId;
  readonly action: OperatorAction;
  /** What the incident is about; may be left out where there is one only. */
  readonly block?: string;
  /** On `skip`: stands in for the block's output. Absent: null. */
  readonly output?: Json;
  /** Who asks; kept in the audit. */
  readonly by: string;
  readonly reason?: string;
  /** What was found to be the matter. */
  readonly mode?: FailureMode;
  /** The same key again asks for nothing new. Absent: every request counts. */
  readonly idempotencyKey?: string;
}

/** What became of an action. `request` is the id under which its answer is, or will be, recorded. */
export type ActionAnswer =
  | { readonly kind: 'done'; readonly request: string; readonly detail: string }
  | { readonly kind: 'refused'; readonly request: string; readonly detail: string }
  | { readonly kind: 'pending'; readonly request: string };

/** What {@link RequestAction} works with. */
export interface RequestActionOptions {
  readonly store: OperatorStore;
  readonly mailbox: HomeMailbox;
  readonly clock: Clock;
  /** How long to wait until the action is folded. Default 5,000. */
  readonly waitMs?: number;
  /** Whether a repair needs a reason and a failure mode. Default: not. */
  readonly asksForNotes?: boolean;
}

/**
 * Asks something of a saga for an operator.
 *
 * The request becomes a record in the saga's home partition, so it is folded in order with replies and timers; the
 * answer is the audit row written by the commit that folds it.
 */
export class RequestAction {
  constructor(private readonly options: RequestActionOptions) {}

  /** @throws RequestError when there is no such saga, or something has to be written down first. */
  async request(action: ActionRequest): Promise<ActionAnswer> {
    const { store, mailbox, clock } = this.options;
    const { saga, by, reason, mode } = action;
    if (this.options.asksForNotes === true) assertNoted(action.action, action);
    if ((await store.find(saga)) === undefined) {
      throw unknownSaga(saga);
    }
    const at = clock.now();
    const data = dataOf(action);
    const request = requestId(action, data, at);
    const known = await this.answer(request);
    if (known !== undefined) return known;
    const noted = { ...(reason === undefined ? {} : { reason }), ...(mode === undefined ? {} : { mode }) };
    const head = { request, action: action.action, by, at, ...noted };
    await mailbox.put({ kind: 'action', saga, head, data });
    const answer = await waitUntil(clock, this.options.waitMs ?? 5_000, () => this.answer(request));
    return answer ?? { kind: 'pending', request };
  }

  private async answer(request: string): Promise<ActionAnswer | undefined> {
    const audit = await this.options.store.audit(request);
    if (audit === undefined) return undefined;
    return { kind: audit.result === 'refused' ? 'refused' : 'done', request, detail: audit.detail };
  }
}

function dataOf(action: ActionRequest): JsonObject {
  return {
    ...(action.block === undefined ? {} : { block: action.block }),
    ...(action.action === 'skip' ? { output: action.output ?? null } : {}),
  };
}

/** Derived, so that a request cut off in the middle and sent again by its client with the same key is one request. */
function requestId(action: ActionRequest, data: JsonObject, at: number): string {
  const identity = action.idempotencyKey ?? `${at}\0${action.by}\0${JSON.stringify(data)}`;
  return uuidText(hash16('action', action.saga, action.action, identity));
}
