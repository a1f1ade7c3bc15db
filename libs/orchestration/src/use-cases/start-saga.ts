import {
  deriveSagaId,
  MalformedRecordError,
  type Asker,
  type Clock,
  type Instant,
  type Json,
  type SagaId,
  type StartHead,
  type TraceHeaders,
} from '#libs/messaging';
import type { Program } from '#libs/saga';
import { businessKeyOf } from '../business-key.js';
import { rulesOf, startOrAsk, type Candidacy } from '../desks/admission-messages.js';
import type { Installation } from '../installation-store.js';
import type { AuditRow } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { FixedStart, OperatorStore } from '../operator-store.js';
import type { HomeMailbox } from './home-mailbox.js';
import { RequestError, unknownDefinition } from './request-error.js';
import { waitUntil } from './wait-until.js';

/** A start asked for by a client. */
export interface StartRequest {
  readonly definition: string;
  readonly input: Json;
  /** Chosen by the client; the same key for the same definition always means the same saga. */
  readonly idempotencyKey: string;
  readonly trace?: TraceHeaders;
  /** Who asks. Default: the API itself. */
  readonly source?: string;
  /** Who that is by name, and why; absent: nobody said. */
  readonly asker?: Asker;
  /** What the desk of the key has to know of the trigger; absent: the start comes through none. */
  readonly candidacy?: Candidacy;
  /** The saga that it is about. */
  readonly link?: StartHead['link'];
}

/** What became of a start. */
export type StartAnswer =
  | { readonly kind: 'created'; readonly saga: SagaId }
  /** Nothing was started: `saga` has this business key, or this very request was made before. */
  | { readonly kind: 'duplicate'; readonly saga: SagaId }
  /** Not folded yet; it will be under this id, unless its key turns out to be taken. */
  | { readonly kind: 'pending'; readonly saga: SagaId }
  | { readonly kind: 'refused'; readonly saga: SagaId; readonly reason: string };

/** What {@link StartSaga} works with. */
export interface StartSagaOptions {
  readonly store: OperatorStore;
  readonly definitions: LoadedDefinitions;
  readonly mailbox: HomeMailbox;
  readonly installation: Installation;
  readonly clock: Clock;
  /** How long to wait until the start is folded. Default 5,000. */
  readonly waitMs?: number;
}

const longestIdempotencyKey = 255;

/**
 * Starts a saga for a client.
 *
 * Saga id and time are fixed in the store before anything is sent, so a request repeated after a crash, a timeout or
 * by an impatient client leads to the same saga. The start itself is a record in the saga's home partition like any
 * other, folded once.
 */
export class StartSaga {
  constructor(private readonly options: StartSagaOptions) {}

  /** @throws RequestError when the definition is unknown or the input not valid. */
  async start(request: StartRequest): Promise<StartAnswer> {
    const { clock, store, mailbox } = this.options;
    assertIdempotencyKey(request.idempotencyKey);
    const program = this.programFor(request.definition);
    const identity = this.identityOf(program, request, clock.now());
    const requestId = `start/${request.definition}/${request.idempotencyKey}`;

    const fixed = await store.fixStart(requestId, { saga: deriveSagaId(identity), at: identity.at });
    if (deriveSagaId({ ...identity, at: fixed.at }) !== fixed.saga) throw keyReused(request);
    const repeated = (await this.answer(requestId)) ?? (await this.present(fixed));
    if (repeated !== undefined) return asRepeated(repeated, fixed);

    const { definition, version } = program;
    const { businessKey, source, eventId } = identity;
    const head = {
      definition,
      version,
      businessKey,
      source,
      eventId,
      eventType: 'api',
      at: fixed.at,
      toggles: this.options.definitions.togglesOf(program),
      hops: 0,
      request: requestId,
      ...(request.asker === undefined ? {} : { asker: request.asker }),
      ...(request.link === undefined ? {} : { link: request.link }),
    };
    const candidacy =
      request.candidacy ?? (program.admission && { trigger: 'api', rules: rulesOf(program.admission) });
    const start = { saga: fixed.saga, head, input: request.input, candidacy };
    await mailbox.put(startOrAsk(start, request.trace ?? {}));
    const answer = await waitUntil(clock, this.options.waitMs ?? 5_000, () => this.answer(requestId));
    return answer ?? (await this.parked(fixed)) ?? { kind: 'pending', saga: fixed.saga };
  }

  private programFor(definition: string): Program {
    const program = this.options.definitions.current(definition);
    if (program !== undefined) return program;
    throw unknownDefinition(definition, this.options.definitions.all());
  }

  private identityOf(program: Program, request: StartRequest, at: Instant) {
    const problems = program.inputProblems(request.input);
    if (problems.length > 0)
      throw new RequestError('INVALID_INPUT', `the input of ${program.definition} is not valid`, problems);
    const { name: installation } = this.options.installation;
    const { idempotencyKey: eventId, input, definition, source = `/skald/${installation}/api` } = request;
    const businessKey = keyOf(program, input, at);
    return { installation, definition, businessKey, source, eventId, at };
  }

  /** What the lane has made of the start, if it has come to it: written by the commit that folded it. */
  private async answer(requestId: string): Promise<StartAnswer | undefined> {
    const audit = await this.options.store.audit(requestId);
    return audit === undefined ? undefined : answerOf(audit);
  }

  /** The saga may outlive its audit. */
  private async present({ saga }: FixedStart): Promise<StartAnswer | undefined> {
    const instance = await this.options.store.find(saga);
    return instance === undefined ? undefined : { kind: 'created', saga };
  }

  /** A start the lane could not fold has no audit, but a parked record with the reason. */
  private async parked({ saga }: FixedStart): Promise<StartAnswer | undefined> {
    const [row] = await this.options.store.parked({ saga, limit: 1 });
    return row === undefined
      ? undefined
      : { kind: 'refused', saga, reason: `parked (${row.reason}): ${row.message}` };
  }
}

function answerOf(audit: AuditRow): StartAnswer {
  switch (audit.result) {
    case 'done':
      return { kind: 'created', saga: audit.saga };
    case 'duplicate':
      return { kind: 'duplicate', saga: audit.detail };
    case 'refused':
      return { kind: 'refused', saga: audit.saga, reason: audit.detail };
  }
}

function asRepeated(answer: StartAnswer, fixed: FixedStart): StartAnswer {
  return answer.kind === 'created' ? { kind: 'duplicate', saga: fixed.saga } : answer;
}

function keyOf(program: Program, input: Json, at: Instant): string {
  try {
    return businessKeyOf(program, input, at);
  } catch (error) {
    if (error instanceof MalformedRecordError) throw new RequestError('INVALID_INPUT', error.message);
    throw error;
  }
}

function assertIdempotencyKey(key: string): void {
  if (key.length > 0 && key.length <= longestIdempotencyKey && !key.includes('\0')) return;
  throw new RequestError(
    'INVALID_REQUEST',
    `an idempotency key has 1 to ${longestIdempotencyKey} characters and no NUL`,
  );
}

function keyReused(request: StartRequest): RequestError {
  return new RequestError(
    'IDEMPOTENCY_KEY_REUSED',
    `the idempotency key was used before to start ${request.definition} with another business key; use a new one`,
  );
}
