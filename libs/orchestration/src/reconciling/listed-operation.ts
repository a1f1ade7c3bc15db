import { isSagaId, type Instant, type SagaId } from '#libs/messaging';

/**
 * What a participant says of an operation: `done`, and that stands; `undone`, or never done; `open`: it is at it;
 * `unknown`: it knows nothing of it.
 */
export type ListedState = 'done' | 'undone' | 'open' | 'unknown';

/** One line of a participant's own list. */
export interface ListedOperation {
  /** Where it stands in the list. */
  readonly line: number;
  readonly saga: SagaId;
  /** The key that the command came with. */
  readonly operation: string;
  readonly state: ListedState;
  /** Since when it says so. */
  readonly at?: Instant;
}

/** A line that cannot be compared, and what to write instead. */
export interface LineProblem {
  readonly line: number;
  readonly problem: string;
}

/** Every word for a state, those of the participant kit's own table among them. */
export const listedStates: Readonly<Record<string, ListedState>> = {
  done: 'done',
  undone: 'undone',
  rejected: 'undone',
  failed: 'undone',
  fenced: 'undone',
  running: 'open',
  unknown: 'unknown',
};

/** What is wrong where it is none of them. */
export const statesText = `state has to be one of ${Object.keys(listedStates).join(', ')}`;

const fields = ['line', 'saga', 'operation', 'state', 'at'];

/** Reads a line; `position` is its number where it does not say one itself. */
export function readListed(value: unknown, position: number): ListedOperation | LineProblem {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line: position, problem: 'it has to be a JSON object' };
  const given = value as Readonly<Record<string, unknown>>;
  const line = typeof given['line'] === 'number' ? given['line'] : position;
  const problem = problemOf(given);
  if (problem !== undefined) return { line, problem };
  const { saga, operation, state, at } = given as Readonly<Record<string, string>>;
  return {
    line,
    saga: saga!.toLowerCase(),
    operation: operation!,
    state: listedStates[state!]!,
    ...(typeof at === 'string' && { at: Date.parse(at) }),
  };
}

function problemOf(given: Readonly<Record<string, unknown>>): string | undefined {
  const { saga, operation, state, at } = given;
  const other = Object.keys(given).find((name) => !fields.includes(name));
  if (other !== undefined)
    return `there is no field "${other.slice(0, 60)}"; a line has ${fields.slice(1).join(', ')}`;
  if (typeof operation !== 'string' || operation === '')
    return 'say operation: the saga-operation that the command came with';
  if (typeof saga !== 'string' || !isSagaId(saga.toLowerCase()))
    return 'say saga: the id of the saga, ce_correlationid of the command (skald reconcile --since looks for it)';
  if (typeof state !== 'string' || !Object.hasOwn(listedStates, state)) return statesText;
  if (at !== undefined && at !== null && (typeof at !== 'string' || Number.isNaN(Date.parse(at))))
    return 'at has to be a time in ISO 8601';
  return undefined;
}
