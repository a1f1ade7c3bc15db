import type { CallUndo, CommandAsk, LoggedNode, RetryPolicy, SilencePolicy, Undo } from '../node.js';
import type { SettledEffect } from '../effect.js';
import type { Json } from '../json.js';
import { operationName, operationParts, type OperationName } from '../operation-name.js';
import { isOfOne } from '../participant-of.js';
import type { Values } from '../scope-values.js';
import { placeAt, placeIn, type Place } from './chart.js';
import type { Operation, Standing } from './engine-state.js';
import { change, emit, type Moment } from './moment.js';
import { disarm } from './timers.js';
import { withdraw } from './withdrawing.js';

/** What can be said about an operation. */
export type Way = 'do' | 'verify' | 'undo' | 'unless';

/** How it is said. */
export interface Manner {
  readonly call: string;
  readonly retry: RetryPolicy;
  readonly timeout: SilencePolicy;
}

/** The place that an operation belongs to. */
export function placeOf(moment: Moment, operation: Operation): Place<LoggedNode> {
  return placeAt(moment.chart, operation.at) as Place<LoggedNode>;
}

/** The node that asked a participant for an operation. Anything else in the log is never asked, and never in doubt. */
export function nodeOf(moment: Moment, operation: Operation): CommandAsk {
  return placeOf(moment, operation).site.node as CommandAsk;
}

/** The command of an operation; `undefined` for a group, a lock or another saga. */
export function commandOf(moment: Moment, operation: Operation): CommandAsk | undefined {
  const { node } = placeOf(moment, operation).site;
  return node.kind === 'ask' && node.channel === 'command' ? node : undefined;
}

/** Whether an operation is a lock that is held. */
export function isLock(moment: Moment, operation: Operation): boolean {
  const { node } = placeOf(moment, operation).site;
  return node.kind === 'ask' && node.channel === 'lock';
}

/** Whether an operation changes the world: only a command may be without effect. */
export function hasEffect(moment: Moment, operation: Operation): boolean {
  return commandOf(moment, operation)?.effect ?? true;
}

/** How an operation is undone, if there is a way. */
export function undoOf(moment: Moment, operation: Operation): Undo | undefined {
  return placeOf(moment, operation).site.node.undo;
}

/**
 * Whether the participant that did something undoes it, so that it can tell whether there is anything to undo. Any other
 * one has never heard of the operation, and would do nothing about it.
 */
export function isUndoneByItsOwn(moment: Moment, operation: Operation): boolean {
  const command = commandOf(moment, operation);
  const undo = undoOf(moment, operation);
  return command !== undefined && undo !== undefined && 'call' in undo && isOfOne(command.call, undo.call);
}

/** The block that an operation belongs to. */
export function blockOfOperation(moment: Moment, operation: Operation): string {
  return placeOf(moment, operation).site.node.block!;
}

/** What an operation, its verification or its undo is called on the wire. */
export function nameOf(moment: Moment, operation: Operation, way: Way): OperationName {
  const { site, iteration } = placeOf(moment, operation);
  const round = way === 'undo' ? (operation.undo?.round ?? operation.round) : operation.round;
  return operationName({ block: site.node.block!, iteration, round, direction: way });
}

/** The operation that a name belongs to, and what the name is for; `undefined` for a name never used. */
export function findOperation(
  moment: Moment,
  name: OperationName,
): { readonly operation: Operation; readonly way: Way } | undefined {
  const parts = operationParts(name);
  const site = parts && moment.chart.logged.get(parts.block);
  if (parts === undefined || site === undefined) return undefined;
  const way = parts.direction;
  if (way === 'wait') return undefined;
  const at = placeIn(site, parts.iteration).key;
  const operation = moment.state.operations.find((one) => one.at === at && roundOf(one, way) === parts.round);
  return operation && { operation, way };
}

/** The operation sent last from a place. */
export function lastOperation(moment: Moment, place: Place): Operation | undefined {
  return moment.state.operations.findLast((operation) => operation.at === place.key);
}

/** A round that neither an operation of this place nor the undo of one has used. */
export function freshRound(moment: Moment, at: string): number {
  const used = moment.state.operations.filter((operation) => operation.at === at);
  return 1 + Math.max(0, ...used.flatMap(({ round, undo }) => [round, undo?.round ?? 0]));
}

/** Adds an operation at the end of the log. */
export function add(moment: Moment, operation: Operation): Moment {
  return change(moment, { operations: [...moment.state.operations, operation] });
}

/** Replaces an operation by its next version. */
export function put(moment: Moment, operation: Operation): Moment {
  const { operations } = moment.state;
  const index = operations.findIndex(({ at, round }) => at === operation.at && round === operation.round);
  return change(moment, { operations: operations.with(index, operation) });
}

/** The operation as it stands now. */
export function current(moment: Moment, { at, round }: Operation): Operation {
  return moment.state.operations.find((operation) => operation.at === at && operation.round === round)!;
}

/** Which command says it, and how patiently. A question is asked as patiently as the command itself. */
export function mannerOf(moment: Moment, operation: Operation, way: Way): Manner {
  switch (way) {
    case 'do':
      return nodeOf(moment, operation);
    case 'verify': {
      const { verify, retry, timeout } = nodeOf(moment, operation);
      return { call: verify!.call, retry, timeout };
    }
    case 'undo':
      return undoOf(moment, operation) as CallUndo;
    case 'unless':
      return undoOf(moment, operation)!.unless!.query!;
  }
}

/** What was sent. */
export function sentBy(moment: Moment, operation: Operation): Json {
  return operation.sent === undefined ? moment.state.input : operation.sent;
}

/** What expressions about an operation see as `self`. */
export function selfOf(moment: Moment, operation: Operation): NonNullable<Values['self']> {
  const sent = sentBy(moment, operation);
  const outcome =
    operation.standing === 'done' || (operation.standing === 'revoked' && operation.isBlind !== true)
      ? 'succeeded'
      : 'unknown';
  return operation.output === undefined ? { sent, outcome } : { sent, outcome, output: operation.output };
}

/** Whether the operation may have taken effect, as far as its own exchange tells. */
export function mayBeDone({ do: exchange, confirm }: Operation): boolean {
  return exchange !== undefined && exchange.state !== 'ready' && confirm !== 'disproved';
}

/** What would be undone if everything was: it was done, or may have been. */
export function plannedUndos(moment: Moment): readonly Operation[] {
  return moment.state.operations.filter(
    (operation) =>
      undoOf(moment, operation) !== undefined &&
      (operation.standing === 'done' || (operation.standing === 'asked' && mayBeDone(operation))),
  );
}

/** Whether it was answered as done, and its event is waited for or stayed out. */
export function isAnswered({ confirm, do: exchange }: Operation): boolean {
  return confirm === 'missed' || confirm === 'disproved' || exchange?.state === 'confirming';
}

/** Whether the flow went on without an operation that is not settled yet. */
export function isUnwanted({ standing }: Operation): boolean {
  return standing === 'suspect' || standing === 'revoked';
}

/** Ends an operation's own exchange, and with it the verification: it stands differently from now on. */
export function settle(
  moment: Moment,
  operation: Operation,
  standing: Standing,
  outcome: SettledEffect['outcome'],
  error?: string,
): Moment {
  const { do: exchange, verify: _, confirm, ...rest } = operation;
  const isHeard = confirm !== undefined || nodeOf(moment, operation).answeredBy !== undefined;
  const quiet = isHeard ? deafen(moment, operation) : quieten(moment, operation);
  const settled = put(quiet, { ...rest, standing });
  return exchange === undefined
    ? settled
    : emit(settled, settledEffect(moment, operation, 'do', outcome, error));
}

/** Stops listening for what is said about an operation, and closes the question about it. */
export function quieten(moment: Moment, operation: Operation): Moment {
  const quiet = disarm(moment, { operation: nameOf(moment, operation, 'do') });
  if (operation.verify === undefined) return quiet;
  const closed = put(quiet, { ...operation, verify: { ...operation.verify, state: 'over' } });
  return disarm(closed, { operation: nameOf(moment, operation, 'verify') });
}

/** As {@link quieten}, and nobody waits for the event that confirms or answers it any more. */
function deafen(moment: Moment, operation: Operation): Moment {
  return withdraw(quieten(moment, operation), placeOf(moment, operation) as Place<CommandAsk>, operation);
}

/** The end of an exchange, for history, traces and metrics. */
export function settledEffect(
  moment: Moment,
  operation: Operation,
  way: Way,
  outcome: SettledEffect['outcome'],
  error?: string,
): SettledEffect {
  const block = blockOfOperation(moment, operation);
  const isCall = way !== 'undo' || 'call' in undoOf(moment, operation)!;
  const { sends, startedAt } = operation[way]!;
  return {
    kind: 'settled',
    operation: nameOf(moment, operation, way),
    block,
    direction: way,
    call: isCall ? mannerOf(moment, operation, way).call : block,
    outcome,
    error,
    attempts: sends,
    startedAt,
    endedAt: moment.now,
    compensates: way === 'undo' ? nameOf(moment, operation, 'do') : undefined,
  };
}

function roundOf(operation: Operation, way: Way): number | undefined {
  return way === 'undo' ? operation.undo?.round : operation.round;
}
