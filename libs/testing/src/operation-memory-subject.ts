import type {
  Claim,
  ClaimOutcome,
  Granted,
  OperationMemory,
  Settlement,
  StoredAnswer,
  Work,
} from '#libs/participant';

/** What the contract of a memory is run on. */
export interface MemorySubject {
  readonly memory: OperationMemory<unknown>;
  /** How many records are parked. */
  parkedRecords(): Promise<number>;
}

/** What the contract of a memory with transactions is run on. */
export interface TransactionalMemorySubject extends MemorySubject {
  /** Makes an effect through the transaction a handler was given. */
  makeEffect(transaction: unknown, name: string): Promise<void>;
  /** How often the effect was made and is there. */
  effects(name: string): Promise<number>;
  /** Another memory on the same storage, as after a restart. */
  reopened(): OperationMemory<unknown>;
}

/** A claim of attempt 1, unless told otherwise. */
export function claimOf(
  operation: string,
  change: { readonly attempt?: number; readonly undoes?: string } = {},
): Claim {
  const attempt = change.attempt ?? 1;
  return {
    operation,
    attempt,
    origin: {
      id: `${operation}.${attempt}`,
      type: 'inventory.reserve',
      saga: '019ab000-0000-7000-8000-000000000001',
      operation,
      replyTo: 'skald.home',
      replyPartition: 3,
      trace: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    },
    ...(change.undoes === undefined ? {} : { undoes: change.undoes }),
  };
}

/** Success with `output`. */
export function doneWith(output: string): Settlement {
  return { state: 'done', answer: { outcome: 'succeeded', value: JSON.stringify(output) } };
}

/** A business no. */
export const refusal: Settlement = {
  state: 'rejected',
  answer: { outcome: 'rejected', error: 'out-of-stock', value: '{"left":0}' },
};

/** No effect, ask again in a while. */
export const failure: Settlement = {
  state: 'failed',
  answer: { outcome: 'failed', error: 'busy', retryAfterMs: 3_000, value: 'null' },
};

/** Done, with what that used up. */
export const doneAtCost: Settlement = {
  state: 'done',
  answer: { outcome: 'succeeded', usage: 'tokens=1840', value: 'null' },
};

/** No effect, and there would be none if it were asked again. */
export const failureForGood: Settlement = {
  state: 'failed',
  answer: { outcome: 'failed', error: 'no-such-warehouse', retryAfterMs: 'never', value: 'null' },
};

/** Answered later. */
export const acceptance: Settlement = { state: 'running', answer: { outcome: 'accepted', value: 'null' } };

/** Work that settles every claim alike and remembers what it was given. */
export class ScriptedWork implements Work<unknown> {
  readonly granted: Granted<unknown>[] = [];

  constructor(private readonly decide: (granted: Granted<unknown>) => Promise<Settlement> | Settlement) {}

  async carryOut(granted: Granted<unknown>): Promise<Settlement> {
    this.granted.push(granted);
    return this.decide(granted);
  }

  failed(_claim: Claim, thrown: unknown): Settlement {
    const error = thrown instanceof Error ? thrown.message : 'unknown';
    return { state: 'failed', answer: { outcome: 'failed', error, value: 'null' } };
  }
}

/** Resolves when the work has been called; what follows then surely meets it under way. */
export async function untilGranted(work: ScriptedWork): Promise<void> {
  const giveUpAt = performance.now() + 20_000;
  while (work.granted.length === 0) {
    if (performance.now() > giveUpAt) throw new Error('the claim was not granted within 20 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Carries out one claim that is settled as told, and returns its fate. */
export async function carryOut(
  memory: OperationMemory<unknown>,
  claim: Claim,
  settlement: Settlement = doneWith('carried out'),
): Promise<ClaimOutcome> {
  const [outcome] = await memory.carryOut([claim], new ScriptedWork(() => settlement));
  return outcome!;
}

/** Carries out one claim whose work throws. */
export async function throwIn(memory: OperationMemory<unknown>, claim: Claim): Promise<ClaimOutcome> {
  const work = new ScriptedWork(() => {
    throw new Error('thrown');
  });
  const [outcome] = await memory.carryOut([claim], work);
  return outcome!;
}

/** The answer given from memory to a repeat of `claim`; fails the test when the claim is carried out instead. */
export async function repeatedAnswer(
  memory: OperationMemory<unknown>,
  claim: Claim,
): Promise<StoredAnswer | undefined> {
  const { remembered, fresh } = await carryOut(memory, claim, doneWith('carried out again'));
  if (fresh) throw new Error(`${claim.operation} was carried out again at attempt ${claim.attempt}`);
  return remembered.answer;
}

/** A door that is opened once: work waits behind it. */
export function door(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
