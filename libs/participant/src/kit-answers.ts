import type { Remembered, Settlement } from './operation-memory.js';
import { failed, notYet, refused, succeeded, type StoredAnswer } from './stored-answer.js';

/** The answer to a command that is not carried out because of what is remembered. */
export function answerFromMemory(remembered: Remembered): StoredAnswer {
  switch (remembered.state) {
    case 'undone':
      return refused('undone');
    case 'running':
      return remembered.answer ?? notYet;
    case 'fenced':
      return remembered.answer ?? failed('fenced');
    case 'failed':
    case 'done':
    case 'rejected':
      return remembered.answer ?? failed('failed');
  }
}

/** What is said of an operation that had no effect. */
export const notDone = 'not-done';

/** The answer to "was it done?". Nothing remembered means that the question is older than the memory. */
export function answerToQuestion(remembered: Remembered | undefined): StoredAnswer {
  switch (remembered?.state) {
    case undefined:
      return failed('too-old');
    case 'done':
      return succeeded(remembered.answer?.value);
    case 'running':
      return notYet;
    case 'failed':
    case 'fenced':
    case 'rejected':
    case 'undone':
      return refused(notDone);
  }
}

/** How a compensation is settled without its handler, or `undefined` when the handler has to be called. */
export function undoWithoutHandler(
  undone: Remembered | undefined,
  undoOfNothing: 'succeed' | 'call',
  mayBeForgotten: boolean,
): Settlement | undefined {
  switch (undone?.state) {
    case 'done':
    case 'running':
      return undefined;
    case 'undone':
      // Whether the other compensation succeeds is not known yet; asking again later is harmless.
      return settled(undone?.isBeingUndone === true ? failed('being-undone') : succeeded());
    case undefined:
      // Silence of the memory is no proof here, and an empty undo would leave the effect standing for ever.
      if (mayBeForgotten && undoOfNothing === 'succeed') return settled(failed('too-old'));
      return undoOfNothing === 'call' ? undefined : settled(succeeded());
    case 'failed':
    case 'fenced':
    case 'rejected':
      return undoOfNothing === 'call' ? undefined : settled(succeeded());
  }
}

/** The settlement that goes with an answer. */
export function settled(answer: StoredAnswer): Settlement {
  switch (answer.outcome) {
    case 'succeeded':
      return { state: 'done', answer };
    case 'rejected':
      return { state: 'rejected', answer };
    case 'failed':
      return { state: 'failed', answer };
    case 'accepted':
      return { state: 'running', answer };
  }
}

/** The operations that something reads or writes. */
export interface Touching {
  readonly operation: string;
  readonly undoes?: string;
}

/** Splits items so that no operation stands twice in one part; order is kept. */
export function distinct<T>(
  items: readonly T[],
  touchedBy: (item: T) => Touching,
): readonly (readonly T[])[] {
  const parts: { readonly items: T[]; readonly operations: Set<string> }[] = [];
  for (const item of items) {
    const { operation, undoes } = touchedBy(item);
    let at = parts.length;
    // Behind the last part that holds one of its operations, so that the order of an operation's messages is kept.
    while (at > 0 && !holds(parts[at - 1]!.operations, operation, undoes)) at -= 1;
    const part = parts[at] ?? addPart(parts);
    part.items.push(item);
    part.operations.add(operation);
    if (undoes !== undefined) part.operations.add(undoes);
  }
  return parts.map((part) => part.items);
}

function holds(operations: ReadonlySet<string>, operation: string, undoes: string | undefined): boolean {
  return operations.has(operation) || (undoes !== undefined && operations.has(undoes));
}

function addPart<T>(parts: { readonly items: T[]; readonly operations: Set<string> }[]): {
  readonly items: T[];
  readonly operations: Set<string>;
} {
  const part = { items: [], operations: new Set<string>() };
  parts.push(part);
  return part;
}
