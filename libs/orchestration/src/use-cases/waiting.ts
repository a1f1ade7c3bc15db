import type { Instant } from '#libs/messaging';
import {
  nextDue,
  type AwaitEffect,
  type Node,
  type Note,
  type OpenEffect,
  type Program,
  type SagaState,
  type WaitChannel,
} from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import type { ParkedRow } from '../lane-store.js';
import type { StoredIncident } from '../operator-store.js';
import { awaitedText } from './awaited-text.js';
import type { HeldWait } from './held-waits.js';
import type { SaidOfWait } from './said-of-waits.js';
import { durationText, named } from './timeline.js';

/** One thing a saga waits for, in words. */
export interface Waiting extends SaidOfWait {
  readonly kind: 'answer' | 'retry' | 'time' | 'limit' | 'pause' | 'operator' | 'parked-record' | WaitChannel;
  readonly block?: string;
  readonly text: string;
  /** Since when. */
  readonly since?: Instant;
  /** Of what is asked of anybody but participants: the name it waits under. */
  readonly id?: string;
  /** When it goes on without it, or is stopped. */
  readonly until?: Instant;
  /** Who can help, in words. */
  readonly help?: readonly string[];
}

/** What {@link waitingOf} looks at. */
export interface WaitingView {
  readonly state: SagaState;
  /** Absent when the version is not loaded. */
  readonly program: Program | undefined;
  readonly history: readonly HistoryEntry[];
  readonly incidents: readonly StoredIncident[];
  readonly parked: readonly ParkedRow[];
  /** Commands that have not left because of a limit or a pause; absent: none. */
  readonly held?: readonly HeldWait[];
}

/** A command that is not settled, and how far it is. */
export interface OpenOperation {
  readonly sent: OpenEffect;
  readonly since: Instant;
  readonly phase: 'sent' | 'accepted' | 'failed';
  /** What a policy has said about how long its answer is waited for. */
  readonly patience?: PatienceNote | undefined;
}

type PatienceNote = Extract<Note, { what: 'patience' }>;

/** Everything an unfinished saga waits for: people first, then participants, then time. Empty when it has ended. */
export function waitingOf(view: WaitingView): readonly Waiting[] {
  const { status } = view.state;
  const people = [
    ...view.incidents.filter((incident) => incident.closedAt === undefined).map(operatorLine),
    ...view.parked.filter(isHolder).map(parkedLine),
  ];
  if (status !== 'running' && status !== 'compensating') return people;
  const exchanges = [
    ...[...openOperations(view.history).values()].map((open) => exchangeLine(open, view.held)),
    ...[...openQuestions(view.history).values()].map(questionLine),
  ];
  if (people.length > 0 || exchanges.length > 0) return [...people, ...exchanges];
  return timeLines(view);
}

/** When the saga is woken next, if it waits for any time. */
export function nextTimerAt(state: SagaState): Instant | undefined {
  return state.status === 'running' || state.status === 'compensating' ? nextDue(state) : undefined;
}

/** The commands that are not settled, by operation. */
export function openOperations(history: readonly HistoryEntry[]): ReadonlyMap<string, OpenOperation> {
  const open = new Map<string, OpenOperation>();
  const patience = new Map<string, PatienceNote>();
  for (const { input, effects } of history) {
    if (input.kind === 'answer' || input.kind === 'not-sent') noteAnswer(open, input);
    for (const effect of effects) {
      if (effect.kind === 'noted' && effect.note.what === 'patience')
        patience.set(effect.note.operation, effect.note);
      if (effect.kind === 'open') {
        const { operation } = effect;
        open.set(operation, {
          sent: effect,
          since: input.now,
          phase: 'sent',
          patience: patience.get(operation),
        });
      }
      if (effect.kind === 'settled') open.delete(effect.operation);
    }
  }
  return open;
}

function noteAnswer(
  open: Map<string, OpenOperation>,
  input: Extract<HistoryEntry['input'], { kind: 'answer' | 'not-sent' }>,
): void {
  const known = open.get(input.operation);
  if (known === undefined || known.sent.attempt !== input.attempt) return;
  const phase = input.kind === 'answer' && input.outcome === 'accepted' ? 'accepted' : 'failed';
  open.set(input.operation, { ...known, phase, since: input.now });
}

/** What was asked of others than participants and has not come: an event that did not match, or an answer that no rule allows, is none. */
function openQuestions(
  history: readonly HistoryEntry[],
): ReadonlyMap<string, { readonly asked: AwaitEffect; readonly since: Instant }> {
  const open = new Map<string, { readonly asked: AwaitEffect; readonly since: Instant }>();
  // Whoever has a lock asks for nothing by saying that it keeps it, or where it stands.
  const granted = new Set<string>();
  for (const { input, effects } of history) {
    if (input.kind === 'heard' && input.what !== 'event' && input.what !== 'forbidden') open.delete(input.id);
    if (input.kind === 'heard' && input.what === 'granted') granted.add(input.id);
    for (const effect of effects) {
      if (effect.kind === 'await' && !granted.has(effect.id))
        open.set(effect.id, { asked: effect, since: input.now });
      if (effect.kind === 'release') open.delete(effect.id);
    }
  }
  return open;
}

function questionLine({ asked, since }: { readonly asked: AwaitEffect; readonly since: Instant }): Waiting {
  const { channel, block } = asked;
  return { kind: channel, id: asked.id, block, since, text: `${awaitedText(asked)} for ${named(asked.id)}` };
}

function exchangeLine(
  { sent, since, phase, patience }: OpenOperation,
  held: readonly HeldWait[] = [],
): Waiting {
  const { block, call, attempt, operation } = sent;
  const what = named(operation);
  const holding = held.find((each) => each.operation === operation);
  if (holding !== undefined)
    return { kind: holding.pause === undefined ? 'limit' : 'pause', block, since, text: holding.text };
  switch (phase) {
    case 'sent':
      return {
        kind: 'answer',
        block,
        since,
        text: `the answer of ${call} to ${what}${attempt > 1 ? `, attempt ${attempt}` : ''}${atMost(patience?.afterMs, patience)}`,
      };
    case 'accepted':
      return {
        kind: 'answer',
        block,
        since,
        text: `the result of ${what}, which ${call} has accepted${atMost(patience?.acceptedMs, patience)}`,
      };
    case 'failed':
      return {
        kind: 'retry',
        block,
        since,
        text: `the next attempt of ${what} after attempt ${attempt} failed`,
      };
  }
}

function atMost(ms: number | undefined, patience: PatienceNote | undefined): string {
  return ms === undefined || patience === undefined
    ? ''
    : `, ${durationText(ms)} at most: ${patience.because}`;
}

function operatorLine(incident: StoredIncident): Waiting {
  const { block, openedAt: since, code, message } = incident;
  const about = block === undefined ? '' : ` about ${block}`;
  return {
    kind: 'operator',
    ...(block === undefined ? {} : { block }),
    since,
    text: `a person's decision${about} (${code}): ${message}`,
  };
}

/** Whether the record holds its saga, rather than queueing behind another one. */
export function isHolder(row: ParkedRow): boolean {
  return row.held && row.reason !== 'waiting';
}

function parkedLine(row: ParkedRow): Waiting {
  const position = `${row.topic}/${row.part}/${row.offset}`;
  return {
    kind: 'parked-record',
    since: row.timestamp,
    text: `a decision about the parked record ${position} (${row.reason}): ${row.message}`,
  };
}

function timeLines({ state, program }: WaitingView): readonly Waiting[] {
  const due = nextDue(state);
  if (due === undefined) return [];
  const waits =
    program === undefined ? [] : timeBlocks(program.root).filter((block) => state.steps[block] === undefined);
  const block = waits.length === 1 ? waits[0]! : undefined;
  const at = new Date(due).toISOString();
  return [
    {
      kind: 'time',
      ...(block === undefined ? {} : { block }),
      since: state.at,
      text: block === undefined ? `time to pass, until ${at}` : `${block}, until ${at}`,
    },
  ];
}

/** Names of the blocks that only wait for time. */
function timeBlocks(node: Node): readonly string[] {
  switch (node.kind) {
    case 'ask':
      return node.channel === 'time' ? [node.block] : [];
    case 'seq':
      return node.children.flatMap(timeBlocks);
    case 'par':
      return [...node.legs, ...(node.items === undefined ? [] : [node.items])].flatMap((leg) =>
        timeBlocks(leg.child),
      );
    case 'pick':
      return [
        ...node.cases.map((one) => one.child),
        ...(node.otherwise === undefined ? [] : [node.otherwise]),
      ].flatMap(timeBlocks);
    case 'loop':
      return timeBlocks(node.child);
    case 'scope':
      return [
        node.child,
        ...Object.values(node.handlers).flatMap((handler) => handler.child ?? []),
        ...(node.listeners ?? []).flatMap((listener) => listener.child ?? []),
      ].flatMap(timeBlocks);
    case 'calc':
    case 'tell':
    case 'raise':
      return [];
  }
}
