import type { Effect, OpenEffect } from '../src/effect.js';
import type { ActionInput, AnswerInput, HeardInput, SagaInput } from '../src/input.js';
import type { Instant, Json } from '../src/json.js';
import type {
  CommandAsk,
  Handler,
  ItemLegs,
  Listener,
  LoopNode,
  Node,
  ParNode,
  ScopeNode,
  TellNode,
} from '../src/node.js';
import type { OperationName } from '../src/operation-name.js';
import type { Program } from '../src/program.js';
import { nextDue, type SagaState } from '../src/turn.js';
import type { EventAsk } from '../src/wait-node.js';
import { advance } from '../src/engine/advance.js';

const retry = { attempts: 3, delayMs: 1_000, factor: 2, maxDelayMs: 60_000, jitter: 0 } as const;
const timeout = { afterMs: 30_000, acceptedMs: 600_000 };

/** A step that can be undone, unless `parts` say otherwise. Its block is its id. */
export function step(block: string, parts: Partial<CommandAsk> = {}): CommandAsk {
  return {
    kind: 'ask',
    channel: 'command',
    id: block,
    block,
    call: `shop.${block}`,
    data: ({ input }) => input,
    effect: true,
    pivot: false,
    retry,
    timeout,
    ifUnknown: parts.verify === undefined ? 'retry' : 'verify',
    undo: { call: `shop.undo-${block}`, retry, timeout },
    ...parts,
  };
}

/** A step behind which nothing is undone. */
export function pivot(block: string, parts: Partial<CommandAsk> = {}): CommandAsk {
  const { undo: _, ...ask } = step(block, { pivot: true, ...parts });
  return ask;
}

/** A step that nothing undoes. */
export function plain(block: string, parts: Partial<CommandAsk> = {}): CommandAsk {
  const { undo: _, ...ask } = step(block, parts);
  return ask;
}

export function verifiedBy(call: string): Pick<CommandAsk, 'verify' | 'ifUnknown'> {
  return { verify: { call }, ifUnknown: 'verify' };
}

export function seq(id: string, ...children: readonly Node[]): Node {
  return { kind: 'seq', id, children };
}

export function par(id: string, legs: Readonly<Record<string, Node>>, parts: Partial<ParNode> = {}): ParNode {
  return {
    kind: 'par',
    id,
    block: id,
    join: 'all',
    legs: Object.entries(legs).map(([name, child]) => ({ name, child })),
    ...parts,
  };
}

/** A leg for each of the items. Its output is that of the child, unless `parts` say otherwise. */
export function each(
  id: string,
  items: Json | ItemLegs['over'],
  child: Node,
  parts: Partial<ParNode> & { readonly leg?: Partial<ScopeNode>; readonly each?: Partial<ItemLegs> } = {},
): ParNode {
  const { leg, each: item, ...rest } = parts;
  const block = child.block ?? '';
  const inner: ScopeNode = {
    kind: 'scope',
    id: `${id}:item`,
    child,
    handlers: {},
    output: ({ steps }) => steps[block]?.output ?? null,
    ...leg,
  };
  const over = typeof items === 'function' ? items : () => items;
  return {
    kind: 'par',
    id,
    block: id,
    legs: [],
    items: { over, as: 'item', key: ({ locals }) => locals!['item']!, child: inner, ...item },
    join: 'all',
    ...rest,
  };
}

export function loop(id: string, max: number, until: LoopNode['until'], child: Node): LoopNode {
  return { kind: 'loop', id, child, until, max };
}

export function scope(id: string, child: Node, parts: Partial<ScopeNode> = {}): ScopeNode {
  return { kind: 'scope', id, block: id, handlers: {}, child, ...parts };
}

export function handler(then: Handler['then'], parts: Partial<Handler> = {}): Handler {
  return { path: 'a.path', then, undo: false, times: 3, ...parts };
}

export function wait(block: string, forMs: number): Node {
  return { kind: 'ask', channel: 'time', id: block, block, wait: { forMs } };
}

/** Waits for the event `shop.<block>` of the saga's key. */
export function event(block: string, parts: Partial<EventAsk> = {}): EventAsk {
  const subscriptions = [{ event: `shop.${block}`, key: () => 'K1' }];
  return { kind: 'ask', channel: 'event', id: block, block, subscriptions, ...parts };
}

/** Listens for `shop.<block>` as long as a scope is open. */
export function listener(block: string, parts: Omit<Listener, 'ask'>): Listener {
  return { ask: { ...event(block), id: `${block}:ask` }, ...parts };
}

export function tell(block: string): TellNode {
  return { kind: 'tell', id: block, block, event: `shop.${block}`, data: ({ input }) => input };
}

/** A program around `child`, with parts replaced. */
export function program(
  child: Node,
  parts: Partial<Program> & { readonly handlers?: ScopeNode['handlers'] } = {},
): Program {
  const { handlers = {}, ...rest } = parts;
  return {
    definition: 'a-saga',
    version: 1,
    key: () => 'K1',
    keyReuse: 'never',
    root: { kind: 'scope', id: 'saga', child, handlers },
    timeoutMs: 86_400_000,
    forwardOnly: false,
    outcomes: {},
    triggers: [],
    inputProblems: () => [],
    calls: [],
    emits: [],
    ...rest,
  };
}

/** Everything `givenSaga` offers after an input: what was sent by it, how the saga stands, and what happens next. */
export interface Scenario {
  readonly state: SagaState;
  readonly status: SagaState['status'];
  /** Effects of the last input only. */
  readonly effects: readonly Effect[];
  /** `call`s opened by the last input. */
  readonly sent: readonly string[];
  /** Messages opened by the last input: `<operation>#<attempt>`. */
  readonly messages: readonly string[];
  /** What was asked for and withdrawn by the last input: `await <id>`, `release <id>`. */
  readonly waits: readonly string[];
  /** Codes of the open incidents, by block. */
  readonly incidents: Readonly<Record<string, string>>;
  /** Why something was skipped by the last input, by operation. */
  readonly skipped: Readonly<Record<OperationName, string | undefined>>;
  /** Codes of what the last input refused. */
  readonly refused: readonly string[];
  /** Exceptional paths taken by the last input. */
  readonly paths: readonly string[];
  readonly outputOf: (block: string) => Json | undefined;
  readonly outcomeOf: (block: string) => string | undefined;
  readonly opened: (operation: OperationName) => OpenEffect;
  readonly whenSucceeds: (name: string, data?: Json, parts?: Partial<AnswerInput>) => Scenario;
  readonly whenRejected: (name: string, error?: string, data?: Json) => Scenario;
  readonly whenFails: (name: string, parts?: Partial<AnswerInput>) => Scenario;
  readonly whenAccepted: (name: string, parts?: Partial<AnswerInput>) => Scenario;
  /** Goes on to the next timer and fires it. */
  readonly whenSilent: () => Scenario;
  readonly whenLater: (ms: number) => Scenario;
  readonly whenNotSent: (name: string) => Scenario;
  readonly whenRetried: (block?: string) => Scenario;
  readonly whenSkipped: (block?: string, output?: Json) => Scenario;
  readonly whenCancelled: () => Scenario;
  /** What `block` waits for outside the participants has come; `what` is `event` unless said otherwise. */
  readonly whenHeard: (block: string, data?: Json, parts?: Partial<HeardInput>) => Scenario;
  readonly whenSwitched: (toggle: string, on: boolean) => Scenario;
  readonly whenFixed: (block: string, reason?: string) => Scenario;
  readonly when: (input: SagaInput) => Scenario;
}

/** A saga that has just started. Names of operations may be short: `chargeCard` is `chargeCard/1/do`, `chargeCard/undo` its undo. */
export function givenSaga(
  definition: Program | Node,
  input: Json = { orderId: 'O1' },
  id = 'saga-1',
  toggles: Readonly<Record<string, boolean>> = {},
): Scenario {
  const given = 'kind' in definition ? program(definition) : definition;
  const now = 1_000_000;
  const facts = { id, key: 'K1', definition: given.definition, version: 1, startedAt: now, hops: 0 };
  const turn = advance(given, undefined, { kind: 'start', now, facts, input, toggles });
  return scenario(given, turn.state, turn.effects, {});
}

type Attempts = Readonly<Record<OperationName, OpenEffect>>;

function scenario(given: Program, state: SagaState, effects: readonly Effect[], before: Attempts): Scenario {
  const opened = withOpens(before, effects);
  const when = (input: SagaInput): Scenario => {
    const turn = advance(given, state, input);
    return scenario(given, turn.state, turn.effects, opened);
  };
  const answer = (name: string, outcome: AnswerInput['outcome'], parts: Partial<AnswerInput>): Scenario => {
    const operation = nameIn(opened, name);
    const attempt = opened[operation]?.attempt ?? 1;
    return when({ kind: 'answer', now: state.at, operation, attempt, outcome, data: null, ...parts });
  };
  const act = (action: ActionInput['action'], parts: Partial<ActionInput> = {}): Scenario =>
    when({ kind: 'action', now: state.at, by: 'ann', action, ...parts });
  const at = (now: Instant): Scenario => when({ kind: 'due', now });
  return {
    ...viewOf(state, effects),
    opened: (name) => opened[nameIn(opened, name)]!,
    whenSucceeds: (name, data = { ok: true }, parts = {}) => answer(name, 'succeeded', { data, ...parts }),
    whenRejected: (name, error = 'no', data = null) => answer(name, 'rejected', { error, data }),
    whenFails: (name, parts = {}) => answer(name, 'failed', { error: 'broken', ...parts }),
    whenAccepted: (name, parts = {}) => answer(name, 'accepted', parts),
    whenSilent: () => at(nextDue(state)!),
    whenLater: (ms) => at(state.at + ms),
    whenNotSent: (name) => {
      const operation = nameIn(opened, name);
      return when({
        kind: 'not-sent',
        now: state.at,
        operation,
        attempt: opened[operation]!.attempt,
        reason: 'too large',
      });
    },
    whenRetried: (block) => act({ kind: 'retry', ...(block !== undefined && { block }) }),
    whenSkipped: (block, output = null) =>
      act({ kind: 'skip', output, ...(block !== undefined && { block }) }),
    whenHeard: (block, data = {}, parts = {}) =>
      when({ kind: 'heard', now: state.at, id: `${block}/1/wait`, what: 'event', data, ...parts }),
    whenSwitched: (toggle, on) => when({ kind: 'switched', now: state.at, toggle, on }),
    whenCancelled: () => act({ kind: 'cancel' }),
    whenFixed: (block, reason = 'done by hand') => act({ kind: 'fix', block }, { reason }),
    when,
  };
}

function withOpens(before: Attempts, effects: readonly Effect[]): Attempts {
  const opens = effects.filter((effect) => effect.kind === 'open');
  return { ...before, ...Object.fromEntries(opens.map((open) => [open.operation, open])) };
}

type View = Pick<
  Scenario,
  | 'state'
  | 'status'
  | 'effects'
  | 'sent'
  | 'messages'
  | 'waits'
  | 'incidents'
  | 'skipped'
  | 'refused'
  | 'paths'
  | 'outputOf'
  | 'outcomeOf'
>;

function viewOf(state: SagaState, effects: readonly Effect[]): View {
  const opens = effects.filter((effect) => effect.kind === 'open');
  return {
    state,
    status: state.status,
    effects,
    sent: opens.map(({ call }) => call),
    messages: opens.map(({ operation, attempt }) => `${operation}#${attempt}`),
    waits: effects.flatMap((effect) =>
      effect.kind === 'await' || effect.kind === 'release' ? [`${effect.kind} ${effect.id}`] : [],
    ),
    incidents: Object.fromEntries(Object.values(state.incidents).map(({ block, code }) => [block, code])),
    skipped: Object.fromEntries(
      effects.flatMap((effect) =>
        effect.kind === 'settled' && effect.outcome === 'skipped' ? [[effect.operation, effect.reason]] : [],
      ),
    ),
    refused: effects.flatMap((effect) => (effect.kind === 'refused' ? [effect.code] : [])),
    paths: effects.flatMap((effect) => (effect.kind === 'caught' ? [effect.path] : [])),
    outputOf: (block) => state.steps[block]?.output,
    outcomeOf: (block) => state.steps[block]?.outcome,
  };
}

/** The operation opened last for which a short name stands. */
function nameIn(opened: Attempts, name: string): OperationName {
  if (/\/\d+\//.test(name)) return name;
  const [block, direction = 'do'] = name.split('/');
  const fits = new RegExp(`^${block}/\\d+/${direction}$`);
  const found = Object.keys(opened).findLast((operation) => fits.test(operation));
  return found ?? `${block}/1/${direction}`;
}
