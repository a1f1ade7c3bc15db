import type { CommandOrigin, OperationState, Remembered, Settlement, StoredAnswer } from '#libs/participant';
import type { Row } from './transactions.js';

/** A row of `skald_operation`, read. */
export interface OperationRow {
  readonly remembered: Remembered;
  readonly origin?: CommandOrigin;
  readonly undoes?: string;
  /** Under the mark of a compensation that is not settled: what the operation was before. */
  readonly before?: OperationState | 'absent';
}

/** Reads a row. */
export function operationRow(row: Row): OperationRow {
  const { origin, undoes } = row;
  const before = row['state_before'] as OperationState | 'absent' | null;
  return {
    remembered: rememberedOf(row, row['state'] as OperationState, before !== null),
    ...(typeof origin === 'string' ? { origin: JSON.parse(origin) as CommandOrigin } : {}),
    ...(typeof undoes === 'string' ? { undoes } : {}),
    ...(before === null ? {} : { before }),
  };
}

/** What stood in a row before a compensation marked it in this transaction; `undefined` when there was none. */
export function beforeTheMark(row: Row): Remembered | undefined {
  const before = row['state_before'] as OperationState | 'absent';
  return before === 'absent' ? undefined : rememberedOf(row, before, false);
}

/** The columns of settlements, in the order of the statement's parameters. */
export function settlementColumns(settlements: readonly SettledOperation[]): readonly unknown[] {
  return [
    settlements.map((settled) => settled.operation),
    settlements.map((settled) => settled.settlement.state),
    settlements.map((settled) => settled.settlement.answer.outcome),
    settlements.map((settled) => settled.settlement.answer.error ?? null),
    settlements.map((settled) => milliseconds(settled.settlement.answer.retryAfterMs)),
    settlements.map((settled) => settled.settlement.answer.value),
    settlements.map((settled) => settled.settlement.answer.usage ?? null),
    // Only an accepted command is answered later, so only then its return address is kept.
    settlements.map((settled) => (isAccepted(settled) ? JSON.stringify(settled.origin) : null)),
    settlements.map((settled) => (isAccepted(settled) ? (settled.undoes ?? null) : null)),
  ];
}

/** An operation with its settlement. */
export interface SettledOperation {
  readonly operation: string;
  readonly origin: CommandOrigin;
  readonly undoes?: string | undefined;
  readonly settlement: Settlement;
}

function isAccepted({ settlement }: SettledOperation): boolean {
  return settlement.state === 'running';
}

function rememberedOf(row: Row, state: OperationState, isBeingUndone: boolean): Remembered {
  const answer = answerOf(row);
  return {
    operation: row['operation'] as string,
    attempt: row['attempt'] as number,
    state,
    ...(answer === undefined ? {} : { answer }),
    ...(isBeingUndone ? { isBeingUndone } : {}),
  };
}

function answerOf(row: Row): StoredAnswer | undefined {
  const { outcome, error, value, used } = row;
  const retryAfterMs = row['retry_after_ms'] as string | number | null;
  if (typeof outcome !== 'string') return undefined;
  return {
    outcome: outcome as StoredAnswer['outcome'],
    value: typeof value === 'string' ? value : 'null',
    ...(typeof error === 'string' ? { error } : {}),
    ...(typeof used === 'string' ? { usage: used } : {}),
    ...(retryAfterMs === null ? {} : { retryAfterMs: retryAfter(Number(retryAfterMs)) }),
  };
}

/** In the column, which holds whole numbers. */
const never = -1;

function milliseconds(retryAfterMs: StoredAnswer['retryAfterMs']): number | null {
  return retryAfterMs === 'never' ? never : (retryAfterMs ?? null);
}

function retryAfter(ms: number): NonNullable<StoredAnswer['retryAfterMs']> {
  return ms === never ? 'never' : ms;
}
