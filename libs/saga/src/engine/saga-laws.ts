import type { OpenEffect, SagaStatus } from '../effect.js';
import type { AnswerInput, SagaInput } from '../input.js';
import type { CommandAsk, Node } from '../node.js';
import { operationParts, type OperationName } from '../operation-name.js';
import type { Program } from '../program.js';
import type { EngineState, Operation } from './engine-state.js';
import { ledgerOf } from './simulated-participants.js';
import { nodesOf, type Run, type Turned } from './simulated-run.js';

type Law = (run: Run) => readonly string[];

/** What must hold of every run, whatever its program and its world. Each law says what breaks it. */
const laws = {
  'a saga comes to an end or to an incident': ({ isAtRest, turns }) => {
    const { status, incidents } = lastOf(turns).after;
    if (!isAtRest) return ['it never comes to rest'];
    return isFinal(status) || Object.keys(incidents).length > 0 ? [] : [`it rests while ${status}`];
  },

  'nothing waits without a clock': ({ turns }) =>
    turns.flatMap(({ after, input }) => {
      const isWaiting = !isFinal(after.status) && Object.keys(after.incidents).length === 0;
      return isWaiting && after.timers.length === 0 ? [`no clock after ${input.kind}`] : [];
    }),

  'statuses follow each other legally': ({ turns }) =>
    turns.flatMap(({ before, after }) => {
      const from = before?.status ?? 'running';
      return successors[from].includes(after.status) ? [] : [`${from} became ${after.status}`];
    }),

  'a saga finishes once, and as it says': ({ turns }) => {
    const finishes = turns.flatMap(({ effects }) => effects.filter((effect) => effect.kind === 'finish'));
    const { status } = lastOf(turns).after;
    const said = finishes.map((finish) => finish.status);
    return JSON.stringify(said) === JSON.stringify(isFinal(status) ? [status] : [])
      ? []
      : [`${status} after finishing as [${said.join()}]`];
  },

  'an answer that comes again changes nothing': ({ turns }) =>
    turns.flatMap((turn, index) => {
      const { input } = turn;
      if (input.kind !== 'answer' || turns[index - 1]?.input !== input || turn.after === turn.before)
        return [];
      // Asked again meanwhile, in the same words, the participant may well have given the same answer again.
      const isAskedAgain = turns[index - 1]!.effects.some(
        (effect) => effect.kind === 'open' && effect.operation === input.operation,
      );
      return isAskedAgain ? [] : [`${input.operation} ${input.outcome} again`];
    }),

  'only what was sent is undone': ({ turns }) => {
    const sent = new Set<OperationName>();
    return opensOf(turns).flatMap(({ open }) => {
      sent.add(open.operation);
      return open.compensates === undefined || sent.has(open.compensates)
        ? []
        : [`${open.compensates} was never sent`];
    });
  },

  'one id is one message': ({ turns }) => {
    const said = new Map<string, string>();
    return opensOf(turns).flatMap(({ open }) => {
      const { deadline: _, isRepeat: __, ...content } = open;
      const id = `${open.operation}#${open.attempt}`;
      const text = JSON.stringify(content);
      const before = said.get(id) ?? text;
      said.set(id, text);
      return before === text ? [] : [`${id} said ${before}, then ${text}`];
    });
  },

  'a new attempt follows a definite failure': countsAttempts,

  'a new round follows a settled one': ({ program, turns }) =>
    opensOf(turns).flatMap(({ open, turn }) => {
      if (open.direction !== 'do' || commandOf(program, open.block)?.effect === false) return [];
      const { round } = operationParts(open.operation)!;
      const place = placeOf(open.operation);
      const earlier = turn.after.operations.filter(
        (operation) => nameOf(program, operation).startsWith(`${place}/`) && operation.round < round,
      );
      // A handler may do its part every time it is used, a loop begins again as a whole, and what nothing undoes is done
      // again after a savepoint.
      const isOnce =
        commandOf(program, open.block)?.undo !== undefined && !indexOf(program).repeatable.has(open.block);
      const unsettled = earlier.filter(
        ({ standing }) => standing === 'asked' || (standing === 'done' && isOnce),
      );
      return unsettled.map(
        (operation) =>
          `${open.operation} is sent while ${nameOf(program, operation)} is ${operation.standing}`,
      );
    }),

  'undo runs in reverse order': ({ program, turns }) =>
    opensOf(turns).flatMap(({ open, turn }) => {
      if (
        open.direction !== 'undo' ||
        turn.before?.operations.some(
          ({ undo, at, round }) => undo !== undefined && open.compensates === nameOf(program, { at, round }),
        )
      )
        return [];
      const { operations } = turn.after;
      const index = operations.findIndex((operation) => nameOf(program, operation) === open.compensates);
      const later = operations
        .slice(index + 1)
        .filter(({ standing }) => standing === 'suspect' || standing === 'revoked');
      const late = later.filter(
        (operation) => !areParallel(program, nameOf(program, operation), open.compensates!),
      );
      return late.map((operation) => `${open.compensates} is undone before ${nameOf(program, operation)}`);
    }),

  'an undo stays inside its scope': ({ program, turns }) =>
    turns.flatMap(({ before, after }) => {
      if (before === undefined || after.status !== 'running') return [];
      const revoked = after.operations.filter(
        (operation, index) =>
          operation.standing === 'revoked' && before.operations[index]?.standing === 'done',
      );
      const undoing = [before, after].flatMap(({ frames }) =>
        Object.entries(frames).flatMap(([key, frame]) =>
          frame.kind === 'scope' && frame.mode === 'undoing' ? [key] : [],
        ),
      );
      // Two clocks may fire at once: a scope that begins to undo may be left in the same turn.
      const left = Object.keys(before.frames).filter((key) => !(key in after.frames));
      const scopes = [...undoing, ...left].map((key) => key.split('@')[0]!);
      const outside = revoked.filter(
        (operation) => !pathTo(program, blockOf(operation)).some((id) => scopes.includes(id)),
      );
      return outside.map((operation) => `${nameOf(program, operation)} is undone, and no scope around it is`);
    }),

  'nothing done before a pivot that took effect is undone': pastPivot,

  'a join waits for every leg': joins,

  'a final saga has settled every operation': ({ program, turns }) => {
    const final = turns.find(({ after }) => isFinal(after.status))?.after;
    const open =
      final?.operations.filter(
        ({ standing }) => standing === 'asked' || standing === 'suspect' || standing === 'revoked',
      ) ?? [];
    return open.map((operation) => `${nameOf(program, operation)} is ${operation.standing} at the end`);
  },

  'the ledger agrees with the outcome': ledgerAgrees,
} satisfies Readonly<Record<string, Law>>;

/** How a law is called. */
export type LawName = keyof typeof laws;

/** Everything that a run breaks, in words; empty when it is as it should be. */
export function brokenLaws(run: Run): readonly string[] {
  return Object.entries(laws).flatMap(([name, law]) =>
    law(run)
      .slice(0, 1)
      .map((how) => `${name}: ${how}`),
  );
}

const successors: Readonly<Record<SagaStatus, readonly SagaStatus[]>> = {
  running: ['running', 'compensating', 'completed', 'compensated', 'cancelled'],
  // A late success withdraws the plan; it may be all that was missing.
  compensating: ['compensating', 'running', 'completed', 'compensated', 'cancelled'],
  completed: ['completed'],
  compensated: ['compensated'],
  cancelled: ['cancelled'],
};

function countsAttempts({ turns }: Run): readonly string[] {
  const failed = new Set<string>();
  const broken: string[] = [];
  const attempts = new Map<OperationName, number>();
  for (const { input, effects } of turns) {
    if (input.kind === 'answer') for (const id of failuresOf(input, attempts)) failed.add(id);
    for (const effect of effects) {
      if (effect.kind !== 'open' || effect.direction === 'verify') continue;
      const { operation, attempt } = effect;
      attempts.set(operation, attempt);
      if (attempt > 1 && !failed.has(`${operation}#${attempt - 1}`)) broken.push(`${operation}#${attempt}`);
    }
  }
  return broken;
}

/** Attempts that an answer says had no effect: "not done" says it of the one that is out. */
function failuresOf(
  { operation, attempt, outcome, error }: AnswerInput,
  attempts: ReadonlyMap<OperationName, number>,
): readonly string[] {
  if (outcome === 'failed' && error !== 'too-old') return [`${operation}#${attempt}`];
  if (outcome !== 'rejected' || !operation.endsWith('/verify')) return [];
  const asked = operation.replace(/verify$/, 'do');
  return [`${asked}#${attempts.get(asked)}`];
}

/** What had been done when the pivot was sent must stand if the pivot took effect. */
function pastPivot({ program, turns, participants }: Run): readonly string[] {
  const kept = opensOf(turns).flatMap(({ open, turn }) => {
    const isPivot =
      open.direction === 'do' &&
      commandOf(program, open.block)?.pivot === true &&
      participants.effects.has(open.operation);
    return isPivot
      ? turn.after.operations
          .filter(({ standing }) => standing === 'done')
          .map((operation) => nameOf(program, operation))
      : [];
  });
  return kept
    .filter((name) => participants.undone.has(name))
    .map((name) => `${name} is undone behind the pivot`);
}

function joins({ program, turns }: Run): readonly string[] {
  return turns.flatMap(({ input, before, after }) => {
    const joined = nodesOf(program.root).filter(
      ({ kind, id }) => kind === 'par' && after.steps[id] !== before?.steps[id],
    );
    const open = joined.flatMap(({ id }) => askedInside(program, after, id));
    return [...open, ...interrupted(program, input, before, after)];
  });
}

/** An error that leaves a leg while another leg waits for something else. */
function interrupted(
  program: Program,
  input: SagaInput,
  before: EngineState | undefined,
  after: EngineState,
): readonly string[] {
  const { failure } = after;
  if (
    before === undefined ||
    failure === undefined ||
    before.failure !== undefined ||
    input.kind !== 'answer'
  )
    return [];
  const pars = pathTo(program, failure.step).filter((id) => nodeAt(program, id).kind === 'par');
  const waiting = before.operations.filter(
    (operation) =>
      isListening(before, program, operation) &&
      !input.operation.startsWith(`${placeOf(nameOf(program, operation))}/`),
  );
  return pars.flatMap((par) => {
    const others = waiting.filter((operation) => pathTo(program, blockOf(operation)).includes(par));
    return others
      .filter((operation) => nameOf(program, operation) !== input.operation)
      .map((operation) => `${nameOf(program, operation)} still waits in ${par}`);
  });
}

function ledgerAgrees({ program, turns, participants }: Run): readonly string[] {
  const { status, operations, incidents } = lastOf(turns).after;
  if (!isFinal(status)) return [];
  const byHand = new Set(
    turns.flatMap(({ input }) =>
      input.kind === 'action' && input.action.kind === 'skip' ? [input.action.block] : [],
    ),
  );
  const known = new Map(operations.map((operation) => [nameOf(program, operation), operation]));
  const ledger = ledgerOf(participants);
  const standing = [...ledger].filter(
    (name) =>
      !byHand.has(blockIn(name)) && Object.values(incidents).every(({ block }) => block !== blockIn(name)),
  );
  const surplus = standing.filter((name) =>
    isSurplus(commandOf(program, blockIn(name))!, known.get(name), status),
  );
  const missing = [...known].filter(
    ([name, operation]) => isMissing(program, operation) && !ledger.has(name) && !byHand.has(blockIn(name)),
  );
  return [
    ...surplus.map((name) => `${name} took effect and is not undone in a saga that is ${status}`),
    ...(status === 'completed' ? missing.map(([name]) => `${name} counts as done and is not`) : []),
  ];
}

function isSurplus(
  { undo, pivot }: CommandAsk,
  operation: Operation | undefined,
  status: SagaStatus,
): boolean {
  if (status === 'completed') return undo !== undefined && operation?.standing !== 'done';
  return undo !== undefined || pivot;
}

function isMissing(program: Program, operation: Operation): boolean {
  return operation.standing === 'done' && commandOf(program, blockOf(operation))!.effect;
}

function askedInside(program: Program, state: EngineState, par: string): readonly string[] {
  const { endedAt } = state.steps[par]!;
  const asked = state.operations.filter(
    (operation) =>
      operation.standing === 'asked' &&
      operation.do!.startedAt < endedAt &&
      pathTo(program, blockOf(operation)).includes(par),
  );
  return asked.map((operation) => `${nameOf(program, operation)} is still asked behind ${par}`);
}

function isListening(state: EngineState, program: Program, operation: Operation): boolean {
  const place = `${placeOf(nameOf(program, operation))}/`;
  return (
    operation.standing === 'asked' &&
    state.timers.some(
      (timer) => 'operation' in timer && timer.operation.startsWith(place) && timer.operation.endsWith('/do'),
    )
  );
}

function opensOf(turns: readonly Turned[]): readonly { readonly open: OpenEffect; readonly turn: Turned }[] {
  return turns.flatMap((turn) =>
    turn.effects.flatMap((open) => (open.kind === 'open' ? [{ open, turn }] : [])),
  );
}

function lastOf(turns: readonly Turned[]): Turned {
  return turns.at(-1)!;
}

function isFinal(status: SagaStatus): boolean {
  return status === 'completed' || status === 'compensated' || status === 'cancelled';
}

/** In random programs a command's block, the id of its node, and what stands before `@` in the state are one. */
function blockOf({ at }: Pick<Operation, 'at'>): string {
  return at.split('@')[0]!;
}

function blockIn(name: OperationName): string {
  return operationParts(name)!.block;
}

/** `<block>[@<iteration>]` of an operation. */
function placeOf(name: OperationName): string {
  return name.split('/')[0]!;
}

function nameOf(_program: Program, { at, round }: Pick<Operation, 'at' | 'round'>): OperationName {
  return `${at}/${round}/do`;
}

function areParallel(program: Program, one: OperationName, other: OperationName): boolean {
  const [left, right] = [pathTo(program, blockIn(one)), pathTo(program, blockIn(other))];
  const fork = left.findIndex((id, depth) => id !== right[depth]);
  if (fork <= 0 || nodeAt(program, left[fork - 1]!).kind !== 'par') return false;
  const loops = left.slice(0, fork).filter((id) => nodeAt(program, id).kind === 'loop').length;
  const [mine, theirs] = [operationParts(one)!.iteration, operationParts(other)!.iteration];
  return mine.slice(0, loops).join() === theirs.slice(0, loops).join();
}

function commandOf(program: Program, block: string): CommandAsk | undefined {
  const node = nodeAt(program, block);
  return node.kind === 'ask' && node.channel === 'command' ? node : undefined;
}

interface Index {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly paths: ReadonlyMap<string, readonly string[]>;
  /** Ids of nodes inside handlers and loops. */
  readonly repeatable: ReadonlySet<string>;
}

const indices = new WeakMap<Program, Index>();

function nodeAt(program: Program, id: string): Node {
  return indexOf(program).nodes.get(id)!;
}

/** Ids from the root to a node. */
function pathTo(program: Program, id: string): readonly string[] {
  return indexOf(program).paths.get(id) ?? [];
}

function indexOf(program: Program): Index {
  const known = indices.get(program);
  if (known !== undefined) return known;
  const nodes = new Map(nodesOf(program.root).map((node) => [node.id, node]));
  const paths = new Map([...nodes.keys()].map((id) => [id, pathFrom(program.root, id)!]));
  const repeatable = new Set(
    [...nodes.values()].flatMap(repeatableIn).flatMap((child) => nodesOf(child).map(({ id }) => id)),
  );
  const index = { nodes, paths, repeatable };
  indices.set(program, index);
  return index;
}

function repeatableIn(node: Node): readonly Node[] {
  if (node.kind === 'loop') return [node.child];
  return node.kind === 'scope'
    ? Object.values(node.handlers).flatMap(({ child }) => (child === undefined ? [] : [child]))
    : [];
}

function pathFrom(node: Node, id: string): readonly string[] | undefined {
  if (node.id === id) return [id];
  const children = nodesOf(node).filter((other) => other !== node);
  const inside = children.find((child) => child.id === id);
  if (inside === undefined) return undefined;
  const child = children.find((candidate) => nodesOf(candidate).includes(inside))!;
  return [node.id, ...pathFrom(child, id)!];
}
