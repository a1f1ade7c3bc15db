import type { StoredInstance } from '#libs/orchestration';
import type { EffectLedger, Entry } from './effect-ledger.js';
import type { RandomDefinition } from './random-definition.js';
import type { StepKind } from './random-steps.js';

/** The parts of a stored saga that laws read. */
interface SagaBook {
  readonly operations: readonly { readonly at: string; readonly round: number; readonly standing: string }[];
  readonly incidents: Readonly<Record<string, unknown>>;
}

/** What is held against each other. */
export interface Evidence {
  readonly definition: RandomDefinition;
  readonly ledger: EffectLedger;
  readonly saga: StoredInstance;
  /** The saga that runs it has ended, or nobody runs it. */
  readonly isAlone: boolean;
  /** Outcome events that were told, one entry a different event. */
  readonly told: readonly string[];
}

const endings: Readonly<Record<string, string>> = { completed: 'sim.done', compensated: 'sim.undone' };

/** Holds what participants did against what the saga says, and against what its definition promises. */
export function brokenLaws(evidence: Evidence): readonly string[] {
  const { saga, told, ledger } = evidence;
  const entries = [...ledger.of(saga.id)];
  const problems = entries.flatMap(([name, entry]) => onceOnly(name, entry));
  const isFinal = isSettled(saga, evidence.isAlone);
  if (!isFinal && !saga.incident) problems.push('it neither ended nor has an incident');
  if (!isFinal || saga.incident) return story(evidence, problems);
  const ending = saga.definition === 'random' ? endings[saga.status] : undefined;
  if (told.join() !== (ending ?? '')) problems.push(`it told ${told.join() || 'nothing'}`);
  return story(evidence, [...problems, ...ledgerLaw(evidence), ...undoLaw(evidence)]);
}

/**
 * Whether a saga has come to its end. One that another one runs is kept until that has ended, for it may still be wanted
 * undone.
 */
export function isSettled({ finishedAt, status }: StoredInstance, isAlone: boolean): boolean {
  return finishedAt !== undefined || (!isAlone && status !== 'running' && status !== 'compensating');
}

/** The saga that runs this one, if one does. */
export function parentOf({ state }: StoredInstance): string | undefined {
  const { facts } = JSON.parse(state) as { readonly facts: { readonly parent?: { readonly saga: string } } };
  return facts.parent?.saga;
}

function onceOnly(name: string, { done, undone }: Entry): string[] {
  return [
    ...(done > 1 ? [`${name} was done ${done} times`] : []),
    ...(undone > done ? [`${name} was undone ${undone} times and done ${done} times`] : []),
  ];
}

/** What counts as done stands, what counts as undone or refused does not, and nothing was done that is not known. */
function ledgerLaw({ saga, ledger }: Evidence): readonly string[] {
  const book = JSON.parse(saga.state) as SagaBook;
  const entries = ledger.of(saga.id);
  const known = new Map(book.operations.map(({ at, round, standing }) => [`${at}/${round}/do`, standing]));
  const unknown = [...entries.keys()].filter((name) => !known.has(name));
  const wrong = [...known].flatMap(([name, standing]) => {
    const wanted = balanceOf(standing);
    const balance = standingOf(entries.get(name));
    // Questions and undoing lists have no effect in the ledger, and stand as done all the same.
    const isEffect = /^s\d/.test(name.split('.').at(-1)!);
    return !isEffect || wanted === undefined || wanted === balance
      ? []
      : [`${name} is ${standing} and stands ${balance} times`];
  });
  return [...unknown.map((name) => `${name} was done and the saga does not know of it`), ...wrong];
}

function balanceOf(standing: string): number | undefined {
  switch (standing) {
    case 'done':
      return 1;
    case 'undone':
    case 'refused':
      return 0;
    case 'left':
    // It stands until the group around it is undone, and the entry of that says whether it was.
    case 'covered':
      return undefined;
    default:
      return -1;
  }
}

/** When everything was undone nothing stands but what is kept; a pivot that took effect leads to the good end. */
function undoLaw({ saga, ledger, definition }: Evidence): readonly string[] {
  const isUndone = saga.status !== 'completed';
  const surplus: readonly StepKind[] = ['compensable', 'listed', 'pivot', 'retriable'];
  return [...ledger.of(saga.id)].flatMap(([name, entry]) => {
    const kind = definition.steps.get(stepOf(name));
    const isStanding = standingOf(entry) > 0;
    return isUndone && isStanding && kind !== undefined && surplus.includes(kind)
      ? [`${name} (${kind}) stands in a saga that is ${saga.status}`]
      : [];
  });
}

/** `use7.s3@i1/1/do` is about the step `s3`. */
function stepOf(name: string): string {
  return name.split(/[@/]/)[0]!.split('.').at(-1)!;
}

function standingOf(entry: Entry | undefined): number {
  return entry === undefined ? 0 : entry.done - entry.undone;
}

function story({ saga, definition }: Evidence, problems: readonly string[]): readonly string[] {
  if (problems.length === 0) return [];
  return problems.map((problem) => `${saga.businessKey} (${saga.status}): ${problem}\n${definition.text}`);
}
