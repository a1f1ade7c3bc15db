import { at, entriesOf, itemsOf, longForm, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { ANY, typeOfSchema } from '../expression/static-type.js';
import type { Json } from '../json.js';
import type { Node, ScopeNode } from '../node.js';
import type { Program, Trigger } from '../program.js';
import type { BlockCompiler } from './block-compiler.js';
import { compileList, retryNames } from './compile-block.js';
import { compileCatch, namesIn } from './compile-catch.js';
import type { Contracts } from './contracts.js';
import {
  conditionExpression,
  instantExpression,
  NOTHING,
  templateValue,
  valueExpression,
} from './expressions.js';
import { withUnsureNames, type Compiled, type Flow } from './flow.js';
import { sagaTimeoutMs, type Inheritance } from './inheritance.js';
import { compileInputCheck } from './input-schema.js';
import { blockPlace, keyPlace, outcomePlace, togglesType, triggerPlace, type SagaPlaces } from './places.js';
import { checkNames, checkRefusalsBehindPivot } from './saga-checks.js';
import type { SchemaFiles } from './schema-files.js';

/** What is shared by the sagas of one compilation. */
export interface CompileContext {
  readonly contracts: Contracts;
  readonly namespace: Cursor | undefined;
  readonly files: SchemaFiles;
  readonly log: ProblemLog;
}

/** Compiles one saga. What comes back is only of use when nothing was complained about. */
export function compileSaga(document: SourceDocument, context: CompileContext): Program {
  const saga = rootOf(document);
  const { log } = context;
  const names = namesIn(at(saga, 'steps')).concat(
    entriesOf(at(saga, 'catch')).flatMap(([, handler]) => namesIn(at(longForm(handler, 'then'), 'do'))),
  );
  checkNames(saga, log);
  const schema = context.files.schemaAt(at(saga, 'input'));
  const places: SagaPlaces = {
    input: schema === undefined ? ANY : typeOfSchema(schema.json, '`input`'),
    toggles: togglesType(saga),
    blocks: new Set(names),
  };
  const inheritance: Inheritance = { saga, namespace: context.namespace, log };
  const root = compileRoot(saga, blockCompiler(places, inheritance, context));
  const key = longForm(at(saga, 'key')!, 'of');
  const owner =
    textAt(saga, 'owner') ??
    (context.namespace === undefined ? undefined : textAt(context.namespace, 'owner'));
  const title = textAt(saga, 'title');
  const toggles = entriesOf(at(saga, 'toggles')).map(
    ([name, toggle]) => [name, at(toggle, 'default')?.value === true] as const,
  );
  return {
    definition: textAt(saga, 'saga')!,
    version: Number(at(saga, 'version')!.value),
    ...(title === undefined ? {} : { title }),
    ...(owner === undefined ? {} : { owner }),
    key: valueExpression(at(key, 'of')!, keyPlace(places), log),
    keyReuse: textAt(key, 'reuse') === 'afterEnd' ? 'afterEnd' : 'never',
    root: root.node,
    timeoutMs: sagaTimeoutMs(inheritance),
    forwardOnly: at(saga, 'pivot') !== undefined,
    outcomes: compileOutcomes(saga, names, places, log),
    triggers: itemsOf(at(saga, 'triggers')).map((trigger) => compileTrigger(trigger, places, context)),
    inputProblems:
      schema === undefined ? acceptAll : compileInputCheck(schema, at(saga, 'input')!, context.files, log),
    calls: [...new Set(callsIn(root.node))],
    emits: [
      ...new Set([
        ...emitsIn(root.node),
        ...entriesOf(at(saga, 'outcomes')).map(([, outcome]) => textAt(outcome, 'emit')!),
      ]),
    ],
    ...(toggles.length === 0 ? {} : { toggles: Object.fromEntries(toggles) }),
  };
}

function acceptAll(_input: Json): readonly string[] {
  return [];
}

function blockCompiler(
  places: SagaPlaces,
  inheritance: Inheritance,
  { contracts, log }: CompileContext,
): BlockCompiler {
  const compiler: BlockCompiler = {
    log,
    contracts,
    inheritance,
    inputType: places.input,
    compileList: (list, id, flow) => compileList(list, id, flow, compiler),
    placeAt: (flow, extra) => blockPlace(places, flow.names, flow.isHandling, extra),
    condition: (cursor, place) => conditionExpression(cursor, place, log),
    instant: (cursor, place) => instantExpression(cursor, place, log),
    template: (cursor, place) => templateValue(cursor, place, log),
  };
  return compiler;
}

const ROOT_ID = 'saga';

function compileRoot(saga: Cursor, compiler: BlockCompiler): Compiled {
  const start: Flow = {
    names: new Map(),
    pivot: at(saga, 'pivot') === undefined ? 'before' : 'behind',
    isHandling: false,
    inside: ROOT_ID,
  };
  const handlers = at(saga, 'catch');
  const steps = compileList(
    at(saga, 'steps'),
    `${ROOT_ID}.steps`,
    withUnsureNames(start, retryNames(handlers)),
    compiler,
  );
  // The saga's own time runs out wherever it stands.
  const timedOut = {
    error: 'timed-out',
    kind: 'engine',
    pivot: 'before',
    block: ROOT_ID,
    cursor: saga,
  } as const;
  const body: Compiled = { ...steps, raises: [...steps.raises, timedOut] };
  const source = { cursor: saga, name: ROOT_ID, id: ROOT_ID };
  const caught = compileCatch(
    { kind: { isScope: true, isNamed: false }, source, handlers, body, flow: start },
    compiler,
  );
  checkRefusalsBehindPivot(caught.raises, compiler.log);
  const node: ScopeNode = { kind: 'scope', id: ROOT_ID, child: steps.node, handlers: caught.handlers };
  return { ...caught, node };
}

function compileTrigger(trigger: Cursor, places: SagaPlaces, { contracts, log }: CompileContext): Trigger {
  const event = textAt(trigger, 'event')!;
  const place = triggerPlace(places, contracts.eventTypes.get(event) ?? ANY);
  const written = at(trigger, 'with');
  const gates = entriesOf(at(trigger, 'gates')).map(([name, gate]) => ({
    name,
    if: conditionExpression(gate, place, log),
  }));
  return {
    event,
    gates,
    ...(written === undefined ? {} : { with: templateValue(written, place, log).evaluate }),
  };
}

function compileOutcomes(
  saga: Cursor,
  names: readonly string[],
  places: SagaPlaces,
  log: ProblemLog,
): Program['outcomes'] {
  const steps = new Map(names.map((name) => [name, { output: ANY, isSure: false }]));
  const outcomes = entriesOf(at(saga, 'outcomes')).map(([status, outcome]) => {
    const place = outcomePlace(places, steps, status !== 'completed');
    const written = at(outcome, 'with');
    const data = written === undefined ? NOTHING : templateValue(written, place, log);
    return [status, { event: textAt(outcome, 'emit')!, data: data.evaluate }] as const;
  });
  return Object.fromEntries(outcomes);
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'seq':
      return node.children;
    case 'par':
      return node.legs.map(({ child }) => child);
    case 'pick':
      return [
        ...node.cases.map(({ child }) => child),
        ...(node.otherwise === undefined ? [] : [node.otherwise]),
      ];
    case 'loop':
      return [node.child];
    case 'scope':
      return [
        node.child,
        ...Object.values(node.handlers).flatMap(({ child }) => (child === undefined ? [] : [child])),
      ];
    case 'ask':
    case 'calc':
    case 'tell':
    case 'raise':
      return [];
  }
}

function callsIn(node: Node): readonly string[] {
  const own =
    node.kind === 'ask' && node.channel === 'command' ? [node.call, node.verify?.call, node.undo?.call] : [];
  return [...own.filter((call) => call !== undefined), ...childrenOf(node).flatMap(callsIn)];
}

function emitsIn(node: Node): readonly string[] {
  return [...(node.kind === 'tell' ? [node.event] : []), ...childrenOf(node).flatMap(emitsIn)];
}
