import type { Clock, Instant } from '#libs/messaging';
import {
  OperationMemory,
  type Claim,
  type ClaimOutcome,
  type CommandOrigin,
  type Completion,
  type OperationState,
  type Question,
  type Remembered,
  type Settlement,
  type Work,
} from './operation-memory.js';
import type { ParkedCommand } from './parked-command.js';
import type { StoredAnswer } from './stored-answer.js';

/** Limits of a {@link ForgetfulOperationMemory}. */
export interface ForgetfulMemoryOptions {
  /** Default: 14 days, as long as the process lives. */
  readonly durationMs?: number;
  /** How many operations are remembered before the oldest are dropped. Default: 200,000. */
  readonly maxOperations?: number;
  /** How many parked records are kept before the oldest are dropped. Default: 1,000. */
  readonly maxParked?: number;
}

interface Entry {
  readonly operation: string;
  attempt: number;
  state: OperationState;
  changedAt: Instant;
  answer?: StoredAnswer | undefined;
  /** Kept while the operation is accepted, to answer it later. */
  origin?: CommandOrigin | undefined;
  /** On a compensation that is accepted: what it undoes. */
  undoes?: string | undefined;
  /** The question that left the fence. */
  fencedBy?: string | undefined;
  /** Under the mark of a compensation that is not settled for good: what the operation was before. */
  before?: OperationState | 'absent' | undefined;
}

const fourteenDaysMs = 14 * 86_400_000;

/**
 * A memory in this process, for participants without a database, for tests and benches.
 *
 * It forgets everything when the process ends, and the oldest operations when there are too many: then a repeated
 * command has its effect again. There is no transaction either; work of different claims runs at the same time.
 */
export class ForgetfulOperationMemory extends OperationMemory<undefined> {
  override readonly durationMs: number;
  private readonly maxOperations: number;
  private readonly maxParked: number;
  private readonly entries = new Map<string, Entry>();
  /** The highest token seen of each lock. */
  private readonly tokens = new Map<string, number>();
  private readonly parkedRecords = new Map<string, ParkedCommand>();
  /** Operations that somebody is at work on, each with the end of that work. */
  private readonly busy = new Map<string, Promise<void>>();

  constructor(
    private readonly clock: Clock,
    options: ForgetfulMemoryOptions = {},
  ) {
    super();
    this.durationMs = options.durationMs ?? fourteenDaysMs;
    this.maxOperations = options.maxOperations ?? 200_000;
    this.maxParked = options.maxParked ?? 1_000;
  }

  override start(): Promise<void> {
    return Promise.resolve();
  }

  override stop(): Promise<void> {
    return Promise.resolve();
  }

  override carryOut(claims: readonly Claim[], work: Work<undefined>): Promise<readonly ClaimOutcome[]> {
    return Promise.all(
      claims.map((claim) => this.alone(operationsOf(claim), () => this.carryOutOne(claim, work))),
    );
  }

  override ask(questions: readonly Question[]): Promise<readonly (Remembered | undefined)[]> {
    return Promise.all(
      questions.map((question) =>
        this.alone([question.operation], () => Promise.resolve(this.answer(question))),
      ),
    );
  }

  override complete(
    operation: string,
    decide: (transaction: undefined) => Promise<Settlement>,
  ): Promise<Completion> {
    return this.alone([operation], async (): Promise<Completion> => {
      const entry = this.entries.get(operation);
      if (entry?.state !== 'running' || entry.origin === undefined) {
        return entry === undefined
          ? { kind: 'not-open' }
          : { kind: 'not-open', remembered: rememberedOf(entry) };
      }
      const { origin, undoes } = entry;
      const settlement = await decide(undefined);
      this.settle(entry, settlement);
      if (undoes !== undefined) this.settleMark(undoes, settlement);
      return { kind: 'completed', origin, answer: settlement.answer };
    });
  }

  override holds(_transaction: undefined, locks: Readonly<Record<string, number>>): Promise<boolean> {
    const held = Object.entries(locks).map(([resource, token]) => {
      const highest = Math.max(token, this.tokens.get(resource) ?? 0);
      this.tokens.set(resource, highest);
      return highest === token;
    });
    dropOldest(this.tokens, this.maxOperations);
    return Promise.resolve(!held.includes(false));
  }

  override within<Result>(read: (transaction: undefined) => Promise<Result>): Promise<Result> {
    return read(undefined);
  }

  override park(command: ParkedCommand): Promise<void> {
    const { topic, part, offset } = command.record;
    this.parkedRecords.set(`${topic}/${part}/${offset}`, command);
    dropOldest(this.parkedRecords, this.maxParked);
    return Promise.resolve();
  }

  /** What was parked and is still kept, oldest first. */
  parked(): readonly ParkedCommand[] {
    return [...this.parkedRecords.values()];
  }

  override forget(before: Instant): Promise<number> {
    let forgotten = 0;
    for (const entry of this.entries.values()) {
      if (entry.changedAt >= before || entry.state === 'running') continue;
      this.entries.delete(entry.operation);
      forgotten += 1;
    }
    return Promise.resolve(forgotten);
  }

  private async carryOutOne(claim: Claim, work: Work<undefined>): Promise<ClaimOutcome> {
    const present = this.entries.get(claim.operation);
    if (present !== undefined && !isOpenTo(present, claim.attempt)) {
      return { remembered: rememberedOf(present), fresh: false };
    }
    const before = claim.undoes === undefined ? undefined : this.entries.get(claim.undoes);
    const undone = before === undefined ? undefined : rememberedOf(before);
    const settlement = await settlementOf(claim, undone, work);
    const entry = this.entry(claim.operation);
    entry.attempt = claim.attempt;
    this.settle(entry, settlement, claim);
    if (claim.undoes !== undefined) this.mark(claim.undoes, settlement);
    return { remembered: rememberedOf(entry), fresh: true };
  }

  private settle(entry: Entry, settlement: Settlement, claim?: Claim): void {
    const isAccepted = settlement.state === 'running';
    entry.state = settlement.state;
    entry.answer = settlement.answer;
    entry.fencedBy = undefined;
    entry.origin = isAccepted ? (claim?.origin ?? entry.origin) : undefined;
    entry.undoes = isAccepted ? (claim?.undoes ?? entry.undoes) : undefined;
    this.touch(entry);
  }

  /** Leaves the mark of a compensation that was carried out or accepted. */
  private mark(operation: string, settlement: Settlement): void {
    if (settlement.state !== 'done' && settlement.state !== 'running') return;
    const known = this.entries.get(operation);
    if (known?.state === 'undone') return;
    const entry = known ?? this.entry(operation);
    entry.before = settlement.state === 'done' ? undefined : known === undefined ? 'absent' : entry.state;
    entry.state = 'undone';
    this.touch(entry);
  }

  private settleMark(operation: string, settlement: Settlement): void {
    const entry = this.entries.get(operation);
    if (entry?.before === undefined || settlement.state === 'running') return;
    if (settlement.state !== 'done') {
      if (entry.before === 'absent') this.entries.delete(operation);
      else entry.state = entry.before;
    }
    entry.before = undefined;
  }

  private answer(question: Question): Remembered | undefined {
    const known = this.entries.get(question.operation);
    if (known === undefined && question.mayBeForgotten) return undefined;
    const entry = known ?? this.entry(question.operation);
    const isFence = known === undefined || known.state === 'failed' || known.state === 'fenced';
    if (isFence && entry.fencedBy !== question.by) {
      entry.state = 'fenced';
      entry.attempt += 1;
      entry.answer = undefined;
      entry.fencedBy = question.by;
      this.touch(entry);
    }
    return rememberedOf(entry);
  }

  private entry(operation: string): Entry {
    const known = this.entries.get(operation);
    if (known !== undefined) return known;
    const entry: Entry = { operation, attempt: 0, state: 'fenced', changedAt: 0 };
    this.entries.set(operation, entry);
    dropOldest(this.entries, this.maxOperations);
    return entry;
  }

  private touch(entry: Entry): void {
    entry.changedAt = this.clock.now();
  }

  /** Runs `work` when nobody else is at work on one of the operations. */
  private async alone<Result>(operations: readonly string[], work: () => Promise<Result>): Promise<Result> {
    for (;;) {
      const other = operations.map((operation) => this.busy.get(operation)).find((end) => end !== undefined);
      if (other === undefined) break;
      await other;
    }
    const running = work();
    const end = running.then(ignore, ignore);
    for (const operation of operations) this.busy.set(operation, end);
    try {
      return await running;
    } finally {
      for (const operation of operations) this.busy.delete(operation);
    }
  }
}

function operationsOf(claim: Claim): readonly string[] {
  return claim.undoes === undefined ? [claim.operation] : [claim.operation, claim.undoes];
}

function isOpenTo(entry: Entry, attempt: number): boolean {
  return (entry.state === 'failed' || entry.state === 'fenced') && entry.attempt < attempt;
}

async function settlementOf(
  claim: Claim,
  undone: Remembered | undefined,
  work: Work<undefined>,
): Promise<Settlement> {
  try {
    return await work.carryOut({
      claim,
      transaction: undefined,
      ...(undone === undefined ? {} : { undone }),
    });
  } catch (error) {
    return work.failed(claim, error);
  }
}

function rememberedOf({ operation, attempt, state, answer, before }: Entry): Remembered {
  return {
    operation,
    attempt,
    state,
    ...(answer === undefined ? {} : { answer }),
    ...(before === undefined ? {} : { isBeingUndone: true }),
  };
}

function dropOldest(entries: Map<string, unknown>, limit: number): void {
  if (entries.size <= limit) return;
  const oldest = entries.keys().next();
  if (!oldest.done) entries.delete(oldest.value);
}

function ignore(): void {
  // The end of the work is all that is waited for.
}
