import { ExpressionError } from '../expression/expression-error.js';
import type { Json } from '../json.js';
import type { ChosenSilence, SilenceCase } from '../node.js';
import { participantOf } from '../participant-of.js';
import type { Values } from '../scope-values.js';
import { resultOf, stepsAt } from './iterations.js';
import type { Exchange, Operation, Patience } from './engine-state.js';
import { emit, type Moment } from './moment.js';
import { blockOfOperation, mannerOf, nameOf, placeOf, type Way } from './operations.js';

/** What came of what was sent before; `outcome` is `none` where nothing was. */
type Earlier = { readonly times: number; readonly outcome: string; readonly took: string };

const NEVER: Earlier = { times: 0, outcome: 'none', took: durationOf(0) };

/** Decides how long the silence after the message that is about to be sent is borne. */
export function choosePatience(
  moment: Moment,
  operation: Operation,
  way: Way,
  chosen: ChosenSilence,
): Patience {
  const values = seenBy(moment, operation, way, chosen);
  const { afterMs, acceptedMs, because } = chosen.cases.find((each) => holds(each, values))!;
  return { afterMs, acceptedMs, because, sentAt: moment.now };
}

/** Tells how long it is waited and why, unless that is as it was the last time. */
export function tellPatience(
  moment: Moment,
  operation: Operation,
  way: Way,
  { afterMs, acceptedMs, because }: Patience,
  policy: string,
): Moment {
  const last = operation[way]?.patience;
  const isAsBefore = last?.afterMs === afterMs && last.acceptedMs === acceptedMs && last.because === because;
  if (isAsBefore) return moment;
  const block = blockOfOperation(moment, operation);
  const { call } = mannerOf(moment, operation, way);
  const name = nameOf(moment, operation, way);
  const note = { what: 'patience', operation: name, call, policy, afterMs, acceptedMs, because } as const;
  return emit(moment, { kind: 'noted', block, note });
}

/** Notes how long the message took that has come to nothing, where a policy may ask for that. */
export function timed(moment: Moment, exchange: Exchange): Exchange {
  const { patience } = exchange;
  if (patience === undefined) return exchange;
  return { ...exchange, patience: { ...patience, tookMs: moment.now - patience.sentAt } };
}

/** How long silence is borne after the last message. */
export function afterMs(moment: Moment, operation: Operation, way: Way): number {
  return (operation[way]?.patience ?? mannerOf(moment, operation, way).timeout).afterMs;
}

/** How long silence is borne after the last message was accepted. */
export function acceptedMs(moment: Moment, operation: Operation, way: Way): number {
  return (operation[way]?.patience ?? mannerOf(moment, operation, way).timeout).acceptedMs;
}

/** What cannot be computed does not hold: no saga may fail for the question how long it waits. */
function holds({ holds: condition }: SilenceCase, values: Values): boolean {
  if (condition === undefined) return true;
  try {
    return condition(values);
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

function seenBy(moment: Moment, operation: Operation, way: Way, { kind }: ChosenSilence): Values {
  const { call } = mannerOf(moment, operation, way);
  const participant = participantOf(call);
  const step = {
    block: blockOfOperation(moment, operation),
    kind: way === 'verify' ? 'question' : kind,
    call,
    participant,
  };
  const before = {
    step: earlierOfStep(moment, operation, way),
    participant: earlierOfParticipant(moment, operation, participant),
  };
  const locals: Record<string, Json> = { step, before };
  return { input: null, steps: {}, saga: moment.state.facts, toggles: {}, now: moment.now, locals };
}

/** Former messages of this exchange, and former rounds of the step. */
function earlierOfStep(moment: Moment, operation: Operation, way: Way): Earlier {
  const { sends, state, patience } = operation[way]!;
  const result =
    way === 'do'
      ? resultOf(moment, placeOf(moment, operation), blockOfOperation(moment, operation))
      : undefined;
  const times = sends + (result?.attempts ?? 0);
  if (sends > 0)
    return {
      times,
      outcome: state === 'ready' ? 'failed' : 'silent',
      took: durationOf(patience?.tookMs ?? 0),
    };
  if (result === undefined) return NEVER;
  return { times, outcome: result.outcome, took: durationOf(result.endedAt - result.startedAt) };
}

/** What steps that can be seen from there have had from the same participant: how often it was asked, and the last that came of it. */
function earlierOfParticipant(moment: Moment, operation: Operation, participant: string): Earlier {
  const { logged } = moment.chart;
  const results = Object.entries(stepsAt(moment, placeOf(moment, operation))).flatMap(([block, result]) => {
    const node = logged.get(block)?.node;
    const isAsked = node?.kind === 'ask' && node.channel === 'command' && result.attempts > 0;
    return isAsked && participantOf(node.call) === participant && result.outcome !== 'skipped'
      ? [result]
      : [];
  });
  const last = results.toSorted((one, other) => one.endedAt - other.endedAt).at(-1);
  if (last === undefined) return NEVER;
  const times = results.reduce((sum, { attempts }) => sum + attempts, 0);
  return { times, outcome: last.outcome, took: durationOf(last.endedAt - last.startedAt) };
}

function durationOf(ms: number): string {
  return `${ms}ms`;
}
