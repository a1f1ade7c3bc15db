import { readUsage, usageText, type Instant, type Json, type Usage } from '#libs/messaging';
import { participantOf, type AnswerInput, type OperationName, type Program } from '#libs/saga';
import type { HistoryEntry } from '../history.js';

/** What one saga took, by its history: of itself, not of sagas that it ran. */
export interface Cost {
  readonly calls: readonly CallCost[];
  readonly people: readonly WorkOfPerson[];
  readonly humanSeconds: number;
  /** What participants said that they used up, all together. */
  readonly used: Usage;
  /** What they said in a way that cannot be read. */
  readonly unread: readonly string[];
}

/** What one participant was asked. Undoing and asking back count as doing does. */
export interface CallCost {
  readonly participant: string;
  readonly commands: number;
  /** What was sent again because nobody answered is the same attempt. */
  readonly attempts: number;
  readonly used: Usage;
}

/** How long a person was at a task that was answered. */
export interface WorkOfPerson {
  readonly block: string;
  readonly by: string;
  readonly seconds: number;
  /** Since when that is: it was claimed by who answered, or, where it was not, it was put to people. */
  readonly since: 'claimed' | 'opened';
}

/**
 * Sums up what a saga took. What an answer used up is said beside it, by its participant, or in it, where the contract of
 * the command says so; of a name that is said twice, what stands beside it counts.
 */
export function costOf(entries: readonly HistoryEntry[], program: CostProgram = {}): Cost {
  const asked = new Map<OperationName, Asked>();
  const people: WorkOfPerson[] = [];
  const said = new Map<string, readonly Said[]>();
  for (const { input, effects } of entries) {
    for (const effect of effects) {
      if (effect.kind === 'open') noteOpen(asked, effect.operation, effect.call, effect.attempt);
      // One answer may end waits for others, who were not at work then.
      if (effect.kind === 'waited' && effect.channel === 'task' && input.kind === 'heard')
        if (effect.id === input.id) people.push(...workOf(effect, input));
    }
    if (input.kind !== 'answer') continue;
    const name = saidOnce(input);
    if (!said.has(name)) said.set(name, saidBy(input, asked.get(input.operation), program));
  }
  const usages = [...said.values()].flat().map((each) => ({ ...each, used: readUsage(each.text) }));
  return {
    calls: callsOf([...asked.values()], usages),
    people,
    humanSeconds: rounded(people.reduce((sum, { seconds }) => sum + seconds, 0)),
    used: sumOfUsage(usages.map(({ used = {} }) => used)),
    unread: usages.filter(({ used }) => used === undefined).map(({ text }) => text),
  };
}

/** Adds amounts up by their names, in the order of these. */
export function sumOfUsage(all: readonly Usage[]): Usage {
  const sums = new Map<string, number>();
  for (const used of all)
    for (const [name, value] of Object.entries(used)) sums.set(name, (sums.get(name) ?? 0) + value);
  return Object.fromEntries(
    [...sums].map(([name, value]) => [name, rounded(value)] as const).toSorted(byName),
  );
}

/** Sums of decimals carry noise that nobody has spent. */
export function rounded(value: number): number {
  return Number(value.toFixed(9));
}

/** How answers say what they used up, by command. */
type CostProgram = Pick<Program, 'usedByAnswer'>;

/** `asked` is unknown where the history of that time is gone. */
interface Said {
  readonly asked: Asked | undefined;
  readonly text: string;
}

interface Asked {
  readonly call: string;
  readonly participant: string;
  readonly attempts: Set<number>;
}

function noteOpen(
  asked: Map<OperationName, Asked>,
  operation: OperationName,
  call: string,
  attempt: number,
): void {
  const known = asked.get(operation) ?? { call, participant: participantOf(call), attempts: new Set() };
  known.attempts.add(attempt);
  asked.set(operation, known);
}

function saidBy(
  { usage, data }: AnswerInput,
  asked: Asked | undefined,
  { usedByAnswer }: CostProgram,
): readonly Said[] {
  const used = asked === undefined ? [] : (usedByAnswer?.[asked.call]?.(data) ?? []);
  const beside = usage === undefined ? [] : [{ asked, text: usage }];
  const known = Object.keys((usage && readUsage(usage)) ?? {});
  const inside = used.filter(([name]) => !known.includes(name));
  return [...beside, ...inside.map(([name, value]) => ({ asked, text: amountText(name, value) }))];
}

function amountText(name: string, value: Json): string {
  return typeof value === 'number' ? usageText({ [name]: value }) : `${name}=${JSON.stringify(value)}`;
}

/** A reply may come twice, and what was done may be told again at a later attempt: it was used up once. */
function saidOnce({ operation, outcome, attempt }: AnswerInput): string {
  const isFinal = outcome === 'succeeded' || outcome === 'rejected';
  return isFinal ? `${operation} ${outcome}` : `${operation} ${outcome} ${attempt}`;
}

function workOf(
  wait: { readonly block: string; readonly startedAt: Instant },
  { what, by, now, claimedAt }: HeardAnswer,
): readonly WorkOfPerson[] {
  // Silence is no work, nor is a notice that waits for nobody.
  if (what !== 'answered' || by === undefined) return [];
  const since = claimedAt === undefined ? 'opened' : 'claimed';
  const ms = Math.max(0, now - (claimedAt ?? wait.startedAt));
  return [{ block: wait.block, by, seconds: ms / 1_000, since }];
}

interface HeardAnswer {
  readonly what: string;
  readonly now: Instant;
  readonly by?: string;
  readonly claimedAt?: Instant;
}

function callsOf(
  asked: readonly Asked[],
  usages: readonly (Said & { readonly used: Usage | undefined })[],
): readonly CallCost[] {
  const names = [...new Set(asked.map(({ participant }) => participant))].toSorted();
  return names.map((participant) => {
    const commands = asked.filter((each) => each.participant === participant);
    const told = usages.filter((each) => each.asked?.participant === participant);
    return {
      participant,
      commands: commands.length,
      attempts: commands.reduce((sum, { attempts }) => sum + attempts.size, 0),
      used: sumOfUsage(told.map(({ used = {} }) => used)),
    };
  });
}

function byName([one]: readonly [string, number], [other]: readonly [string, number]): number {
  return one < other ? -1 : 1;
}
