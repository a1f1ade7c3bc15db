import type { Clock, Instant, SagaId } from '#libs/messaging';
import type { FailureMode } from '../failure-mode.js';
import type { IncidentCause, IncidentPlace, OperatorStore, StoredIncident } from '../operator-store.js';
import type { ActionAnswer, RequestAction } from './request-action.js';

/** What can be done about many incidents at once. */
export const bulkActions = ['retry', 'redrive', 'cancel'] as const;

/** Name of such an action. */
export type BulkAction = (typeof bulkActions)[number];

/** One page of a request about all open incidents of a cause. */
export interface BulkRequest {
  readonly action: BulkAction;
  readonly cause: IncidentCause & { readonly definition: string };
  readonly by: string;
  /** What was found to be the matter, and why this helps; kept with each saga. */
  readonly reason: string;
  readonly mode?: FailureMode;
  /** Only incidents opened before: what comes up again meanwhile is left alone. Absent: now. */
  readonly before?: Instant;
  /** The page behind this one. */
  readonly after?: IncidentPlace;
  /** How many incidents at most: 1 to 100. */
  readonly limit: number;
}

/** What became of one page. */
export interface BulkAnswer {
  readonly before: Instant;
  readonly done: number;
  readonly refused: readonly { readonly saga: SagaId; readonly detail: string }[];
  /** Asked for, and not taken up within a few seconds. */
  readonly pending: number;
  /** Where the next page begins; absent: that was all. */
  readonly next?: IncidentPlace;
}

/** What {@link ActOnIncidents} works with. */
export interface ActOnIncidentsOptions {
  readonly store: Pick<OperatorStore, 'incidentsOf'>;
  readonly actions: Pick<RequestAction, 'request'>;
  readonly clock: Clock;
}

interface Asked {
  readonly saga: SagaId;
  readonly answer: ActionAnswer;
}

const atATime = 10;

/** A page that takes longer ends early. Its last ten may take as long again, which is still less than clients wait. */
const longestPageMs = 5_000;

/**
 * Does the same about every open incident of a cause, page by page, so that whoever asks decides how fast.
 *
 * Each saga gets a request of its own, with its own line in the audit. The same for the same reason about the same
 * incident is one request, however often it is asked for; so what was cut off half-way is simply asked for again.
 */
export class ActOnIncidents {
  constructor(private readonly options: ActOnIncidentsOptions) {}

  async act(request: BulkRequest): Promise<BulkAnswer> {
    const { store, clock } = this.options;
    const { cause, after, limit } = request;
    const before = request.before ?? clock.now();
    const page = await store.incidentsOf({
      ...cause,
      before,
      limit,
      ...(after === undefined ? {} : { after }),
    });
    const answers = await this.askAll(request, page);
    const isAll = answers.length === page.length && page.length < limit;
    const last = isAll ? undefined : page[answers.length - 1];
    return {
      before,
      done: answers.filter(({ answer }) => answer.kind === 'done').length,
      refused: answers.flatMap(({ saga, answer }) =>
        answer.kind === 'refused' ? [{ saga, detail: answer.detail }] : [],
      ),
      pending: answers.filter(({ answer }) => answer.kind === 'pending').length,
      ...(last === undefined ? {} : { next: { saga: last.saga, id: last.id } }),
    };
  }

  /** Answers about as many from the beginning as there was time for. */
  private async askAll(
    request: BulkRequest,
    page: readonly (StoredIncident & IncidentPlace)[],
  ): Promise<readonly Asked[]> {
    const { clock } = this.options;
    const endsAt = clock.elapsed() + longestPageMs;
    const answers: Asked[] = [];
    while (answers.length < page.length && clock.elapsed() < endsAt) {
      const some = page.slice(answers.length, answers.length + atATime);
      answers.push(...(await Promise.all(some.map((incident) => this.ask(request, incident)))));
    }
    return answers;
  }

  private async ask(
    { action, by, reason, mode }: BulkRequest,
    incident: StoredIncident & IncidentPlace,
  ): Promise<Asked> {
    const { saga, id, block, openedAt } = incident;
    const noted = mode === undefined ? {} : { mode };
    const about = action === 'retry' && block !== undefined ? { block, ...noted } : noted;
    const idempotencyKey = JSON.stringify([reason, id, openedAt]);
    const answer = await this.options.actions.request({ saga, action, by, reason, ...about, idempotencyKey });
    return { saga, answer };
  }
}
