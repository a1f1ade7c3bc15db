import type { FactContract } from '../contract.js';
import { at, entriesOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { suggestion } from '../expression/did-you-mean.js';
import { durationMs } from '../expression/duration.js';
import type { Place, VisibleFact } from '../expression/place.js';
import { ANY } from '../expression/static-type.js';
import type { Node, RaiseNode, Recheck, ScopeNode } from '../node.js';
import type { Expression, Values } from '../scope-values.js';
import type { FactAsk, FactReader } from '../wait-node.js';
import type { BlockCompiler } from './block-compiler.js';
import type { Contracts } from './contracts.js';
import type { Compiled, Flow } from './flow.js';

/** A fact that a block or a trigger asks for. */
export interface RequiredFact {
  readonly name: string;
  readonly cursor: Cursor;
  readonly fact: string;
  readonly key: Expression;
  readonly freshMs?: number;
  readonly waitMs?: number;
  readonly readBy?: FactReader;
  readonly visible: VisibleFact;
}

/** Reads a `requires`; `keyOf` says what the results of asking are called. */
export function requiredFacts(
  requires: Cursor | undefined,
  place: Place,
  keyOf: (name: string) => string,
  { contracts, log, value }: Pick<BlockCompiler, 'contracts' | 'log' | 'value'>,
): readonly RequiredFact[] {
  return entriesOf(requires).map(([name, cursor]) => {
    const fact = textAt(cursor, 'fact')!;
    checkFact(at(cursor, 'fact')!, contracts, log);
    const [fresh, wait] = [textAt(cursor, 'fresh'), textAt(cursor, 'wait')];
    const freshMs = fresh === undefined ? undefined : durationMs(fresh);
    checkLag(cursor, fact, freshMs, contracts, log);
    if (wait === undefined) checkWait(at(cursor, 'fact')!, contracts, log);
    const freshness = freshMs === undefined ? {} : { freshMs };
    return {
      name,
      cursor,
      fact,
      key: value(at(cursor, 'key')!, place),
      ...freshness,
      ...(wait === undefined ? {} : { waitMs: durationMs(wait) ?? 0 }),
      ...readerOf(contracts.facts.get(fact)),
      visible: { value: contracts.factTypes.get(fact) ?? ANY, key: keyOf(name), ...freshness },
    };
  });
}

function readerOf(contract: FactContract | undefined): { readonly readBy?: FactReader } {
  const definition = contract?.readBy;
  return definition === undefined ? {} : { readBy: { definition, lagMs: contract!.lagMs } };
}

function checkFact(cursor: Cursor, { facts }: Contracts, log: ProblemLog): void {
  const fact = String(cursor.value);
  if (facts.has(fact)) return;
  const advice = suggestion(fact, [...facts.keys()]);
  log.error(
    cursor,
    `Nobody declares the fact "${fact}".${advice} Its owner says in its contract which event tells it: \`facts: { ${fact}: { from: <event>, key: data.<field> } }\`.`,
  );
}

/** A source that lags further behind than what is accepted is never fresh. */
function checkLag(
  cursor: Cursor,
  fact: string,
  freshMs: number | undefined,
  { facts }: Contracts,
  log: ProblemLog,
): void {
  const lagMs = facts.get(fact)?.lagMs ?? 0;
  if (freshMs === undefined || lagMs <= freshMs) return;
  log.warning(
    at(cursor, 'fresh')!,
    `"${fact}" may lag further behind than that, so it is never fresh enough and \`stale\` is raised each time.`,
  );
}

/** Who does not wait is never helped by what is read for them. */
function checkWait(cursor: Cursor, { facts }: Contracts, log: ProblemLog): void {
  const fact = String(cursor.value);
  const reader = facts.get(fact)?.readBy;
  if (reader === undefined) return;
  log.warning(
    cursor,
    `"${fact}" is read by the saga "${reader}" when it is too old, and nobody waits for that here, so it is \`stale\` then. Say how long to wait, such as \`wait: 30s\`.`,
  );
}

/** What a block requires, and the place inside of it. */
export interface Required {
  readonly flow: Flow;
  /** The block with what it requires in front. */
  readonly around: (main: Compiled) => Compiled;
  /** For a command that cannot be taken back. */
  readonly recheck: Recheck;
}

/** Compiles the `requires` of a block or of the saga; `undefined` where it has none. */
export function compileRequires(
  { cursor, name, id }: { readonly cursor: Cursor; readonly name: string; readonly id: string },
  flow: Flow,
  compiler: BlockCompiler,
): Required | undefined {
  const requires = at(cursor, 'requires');
  if (requires === undefined) return undefined;
  const keyOf = (binding: string) => `${name}.${binding}`;
  const facts = requiredFacts(requires, compiler.placeAt(flow), keyOf, compiler);
  for (const { visible } of facts) compiler.kinds.set(visible.key, 'gate');
  const asks = facts.map((each): FactAsk => askOf(each, `${id}:fact.${each.name}`));
  const visible = new Map([
    ...(flow.facts ?? []),
    ...facts.map((each) => [each.name, each.visible] as const),
  ]);
  const inside = { ...flow, facts: visible };
  const checks = facts.flatMap((each) => checkOf(each, { name, id }, inside, compiler));
  const within = `${id}:required`;
  const raises = facts.flatMap(({ cursor: place }) =>
    (['stale', 'invalid'] as const).map((error) => ({
      error,
      kind: 'engine' as const,
      pivot: flow.pivot,
      block: name,
      cursor: place,
    })),
  );
  return {
    flow: inside,
    recheck: {
      within,
      facts: facts.map(({ visible: { key, freshMs } }) => ({
        step: key,
        ...(freshMs !== undefined && { freshMs }),
      })),
    },
    around: (main) => ({
      ...main,
      node: askedFirst(main.node, within, [...asks, ...checks]),
      after: main.after && withFacts(main.after, flow),
      raises: [...raises, ...main.raises],
    }),
  };
}

function askOf({ fact, key, freshMs, waitMs, readBy, visible }: RequiredFact, id: string): FactAsk {
  return {
    kind: 'ask',
    channel: 'fact',
    id,
    block: visible.key,
    fact,
    key,
    ...(freshMs !== undefined && { freshMs }),
    ...(waitMs !== undefined && { waitMs }),
    ...(readBy !== undefined && { readBy }),
  };
}

/** What has to be true of what was heard. */
function checkOf(
  { name: binding, cursor, fact }: RequiredFact,
  { name, id }: { readonly name: string; readonly id: string },
  inside: Flow,
  compiler: BlockCompiler,
): readonly Node[] {
  const holds = at(cursor, 'holds');
  if (holds === undefined) return [];
  const condition = compiler.condition(holds, compiler.placeAt(inside));
  const raised: RaiseNode = {
    kind: 'raise',
    id: `${id}:changed.${binding}`,
    block: name,
    signal: { kind: 'error', error: 'stale', message: () => `${fact} is not any more what it has to be` },
  };
  const changed = { name: 'changed', if: (values: Values) => !condition(values), child: raised };
  return [{ kind: 'pick', id: `${id}:holds.${binding}`, cases: [changed] }];
}

/** In a scope of its own, so that whatever begins the block again asks again. */
function askedFirst(node: Node, within: string, first: readonly Node[]): ScopeNode {
  return {
    kind: 'scope',
    id: within,
    child: { kind: 'seq', id: `${within}.first`, children: [...first, node] },
    handlers: {},
  };
}

function withFacts(flow: Flow, { facts }: Flow): Flow {
  const { facts: _, ...rest } = flow;
  return facts === undefined ? rest : { ...rest, facts };
}
