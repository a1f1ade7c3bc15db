import { at, entriesOf, longForm, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Place } from '../expression/place.js';
import type { SourceDocument } from '../document/source-document.js';
import { durationMs } from '../expression/duration.js';
import { classedParts } from '../expression/field-classes.js';
import { typeOfSchema } from '../expression/schema-type.js';
import { ANY, type StaticType } from '../expression/static-type.js';
import type { Node } from '../node.js';
import type { AwaitedEvent, Program } from '../program.js';
import { checkStarters } from './asked.js';
import type { BlockCompiler } from './block-compiler.js';
import { checkAgents } from './check-agents.js';
import { handlerNames, loopNames, namesIn } from './block-names.js';
import { unsure } from './flow.js';
import { openlySeenExpression } from './clearance.js';
import { limitsOn } from './command-limits.js';
import { compileList } from './compile-block.js';
import { compileAdmission } from './compile-admission.js';
import { compileKnown } from './compile-known.js';
import { compileOutcomes } from './compile-outcomes.js';
import { partsOf, shapeOf, type ClassedData } from './classed-data.js';
import { compileRoot, type CompiledRoot } from './compile-root.js';
import { compileTriggers } from './compile-trigger.js';
import { isOfAgent, type Contracts } from './contracts.js';
import { encryptionOf } from './encryption.js';
import { eventContract } from './events.js';
import { includedFragment, type Fragments } from './fragments.js';
import { fragmentView, isRecursion } from './fragment-view.js';
import { findDecision, type Decisions } from './decisions.js';
import {
  conditionExpression,
  instantExpression,
  numberExpression,
  templateValue,
  valueExpression,
  listExpression,
} from './expressions.js';
import { sagaTimeoutMs, type Inheritance } from './inheritance.js';
import { compileInputCheck } from './input-schema.js';
import { linkedType } from './linked-type.js';
import { neededFacts } from './needed-facts.js';
import { awaitsIn, callsIn, emitsIn, factsIn, sagasIn } from './node-walk.js';
import { participantOf } from '../participant-of.js';
import type { OtherSagas } from './other-sagas.js';
import type { Namespaces } from './namespaces.js';
import { usedByAnswers } from './used-by-answers.js';
import type { PeopleOf } from './people.js';
import { blockPlace, keyPlace, outcomePlace, togglesType, type SagaPlaces } from './places.js';
import { checkNames } from './saga-checks.js';
import type { Schema, SchemaFiles } from './schema-files.js';
import { standardsOf, type Standards } from './standards.js';
import type { TimeoutPolicies } from './timeout-policies.js';

/** What is shared by the sagas of one compilation. */
export interface CompileContext {
  readonly contracts: Contracts;
  readonly decisions: Decisions;
  readonly fragments: Fragments;
  readonly standards: Standards;
  readonly namespaces: Namespaces;
  readonly people: PeopleOf;
  readonly timeouts: TimeoutPolicies;
  readonly sagas: OtherSagas;
  readonly files: SchemaFiles;
  readonly log: ProblemLog;
  readonly onSetting?: Inheritance['onSetting'];
}

/** Compiles one saga. What comes back is only of use when nothing was complained about. */
export function compileSaga(document: SourceDocument, context: CompileContext): Program {
  const saga = rootOf(document);
  const { log, contracts, files } = context;
  checkNames(saga, log);
  checkAgents(saga, context);
  const schema = files.schemaAt(at(saga, 'input'));
  const places = placesOf(saga, schema, linkedType(saga, context.sagas, contracts, files, log));
  const inheritance: Inheritance = {
    saga,
    namespaces: context.namespaces,
    standards: standardsOf(saga, context.standards, log),
    log,
    ...(context.onSetting && { onSetting: context.onSetting }),
  };
  const classed: ClassedData = { outputs: new Map(), sent: new Map(), shown: new Map(), messages: new Map() };
  const compiler = blockCompiler(places, inheritance, classed, context);
  const { root, paths, after } = compileBlocks(saga, compiler);
  const ends = compileOutcomes(saga, places, classed, contracts, log);
  const key = longForm(at(saga, 'key')!, 'of');
  const triggers = compileTriggers(saga, places, contracts, log);
  checkStarters(saga, compiler);
  const admission = compileAdmission(saga, triggers, places, log);
  const calls = [...new Set(callsIn(root))];
  const emits = [...new Set([...emitsIn(root), ...Object.values(ends.outcomes).map(({ event }) => event)])];
  return {
    definition: textAt(saga, 'saga')!,
    version: Number(at(saga, 'version')!.value),
    ...namesForPeople(saga, context.namespaces.of(document)),
    key: openlySeenExpression(at(key, 'of')!, keyPlace(places), 'the key of a saga', log),
    keyReuse: textAt(key, 'reuse') === 'afterEnd' ? 'afterEnd' : 'never',
    root,
    timeoutMs: sagaTimeoutMs(inheritance),
    ...targetOf(saga),
    forwardOnly: at(saga, 'pivot') !== undefined,
    ...ends,
    ...compileKnown(
      saga,
      after === undefined ? outcomePlace(places, places.steps, false) : compiler.placeAt(after),
      compiler,
    ),
    triggers,
    ...(admission === undefined ? {} : { admission }),
    inputProblems:
      schema === undefined ? () => [] : compileInputCheck(schema, at(saga, 'input')!, files, log),
    calls,
    ...priorityOf(saga, keyPlace(places), log),
    ...agentsOf(calls, contracts),
    ...limitsOn(calls, contracts),
    ...usedByAnswers(calls, contracts),
    emits,
    ...awaitsOf(root, contracts),
    ...sagasOf(root),
    ...neededFacts([...factsIn(root), ...triggers.flatMap(({ requires = [] }) => requires)], contracts),
    ...(paths.length === 0 ? {} : { paths }),
    ...togglesOf(saga),
    ...(compiler.kinds.size === 0 ? {} : { kinds: Object.fromEntries(compiler.kinds) }),
    ...(compiler.words.size === 0 ? {} : { words: Object.fromEntries(compiler.words) }),
    ...classedOf(places.input, classed, context.people(document).notes),
    ...encryptionOf(context.namespaces.of(document), classed, emits, contracts),
  };
}

function agentsOf(calls: readonly string[], contracts: Contracts): Pick<Program, 'agents'> {
  const agents = [...new Set(calls.filter((call) => isOfAgent(call, contracts)).map(participantOf))];
  return agents.length === 0 ? {} : { agents };
}

/** As often as blocks are compiled before what is classed counts as known; each time one more name leads to another. */
const ROUNDS = 5;

/**
 * A name may be read before its block is compiled, as a handler's by what is retried. So where data is classed, blocks
 * are compiled until no more becomes known of how; problems that come up again count once.
 */
function compileBlocks(saga: Cursor, compiler: BlockCompiler): CompiledRoot {
  let known = shapeOf(compiler.classed);
  let compiled = compileRoot(saga, compiler);
  for (let round = 1; round < ROUNDS && shapeOf(compiler.classed) !== known; round++) {
    known = shapeOf(compiler.classed);
    compiled = compileRoot(saga, compiler);
  }
  return compiled;
}

function classedOf(
  input: StaticType,
  { outputs, sent, shown }: ClassedData,
  notes: string | undefined,
): Pick<Program, 'classed'> {
  const parts = classedParts(input);
  if (parts.length === 0 && outputs.size === 0 && notes === undefined) return {};
  const classed = { input: parts, outputs: partsOf(outputs), sent: partsOf(sent), shown: partsOf(shown) };
  return { classed: notes === undefined ? classed : { ...classed, notes } };
}

function placesOf(saga: Cursor, schema: Schema | undefined, linked: StaticType | undefined): SagaPlaces {
  const loops = loopNames(saga);
  const steps = unsure([...namesIn(at(saga, 'steps')), ...handlerNames(at(saga, 'catch'))]);
  return {
    input: schema === undefined ? ANY : typeOfSchema(schema.json, '`input`'),
    toggles: togglesType(saga),
    blocks: new Set([...steps.keys(), ...loops.keys()]),
    loops,
    steps,
    ...(linked && { linked }),
  };
}

function namesForPeople(saga: Cursor, namespace: Cursor | undefined): Pick<Program, 'title' | 'owner'> {
  const title = textAt(saga, 'title');
  const owner = textAt(saga, 'owner') ?? (namespace === undefined ? undefined : textAt(namespace, 'owner'));
  return { ...(title === undefined ? {} : { title }), ...(owner === undefined ? {} : { owner }) };
}

function priorityOf(saga: Cursor, place: Place, log: ProblemLog): Pick<Program, 'priority'> {
  const priority = at(saga, 'priority');
  return priority === undefined ? {} : { priority: numberExpression(priority, place, log) };
}

function targetOf(saga: Cursor): Pick<Program, 'target'> {
  const target = at(saga, 'target');
  if (target === undefined) return {};
  const share = Number.parseFloat(textAt(target, 'share')!) / 100;
  return { target: { share, withinMs: durationMs(textAt(target, 'within')!)! } };
}

function awaitsOf(root: Node, contracts: Contracts): Pick<Program, 'awaits'> {
  const early = new Map<string, number>();
  for (const { event, earlyMs } of awaitsIn(root)) early.set(event, Math.max(earlyMs, early.get(event) ?? 0));
  const awaits = [...early].map(([event, earlyMs]): AwaitedEvent => {
    const key = eventContract(event, contracts)?.key;
    return { event, earlyMs, ...(key !== undefined && { key }) };
  });
  return awaits.length === 0 ? {} : { awaits };
}

function sagasOf(root: Node): Pick<Program, 'sagas'> {
  const sagas = [...new Set(sagasIn(root))];
  return sagas.length === 0 ? {} : { sagas };
}

function togglesOf(saga: Cursor): Pick<Program, 'toggles'> {
  const toggles = entriesOf(at(saga, 'toggles')).map(
    ([name, toggle]) => [name, at(toggle, 'default')?.value === true] as const,
  );
  return toggles.length === 0 ? {} : { toggles: Object.fromEntries(toggles) };
}

function blockCompiler(
  places: SagaPlaces,
  inheritance: Inheritance,
  classed: ClassedData,
  { contracts, decisions, fragments, people, timeouts, sagas, files, log }: CompileContext,
): BlockCompiler {
  return inOneScope({
    log,
    contracts,
    inheritance,
    people,
    timeouts,
    files,
    classed,
    kinds: new Map(),
    words: new Map(),
    inputType: places.input,
    seesInput: true,
    fragmentAt: (include, name) => includedFragment(include, name, fragments, log),
    placeAt: (flow, extra) => blockPlace(places, flow, { ...flow.roots, ...extra }),
    list: (cursor, place) => listExpression(cursor, place, log),
    value: (cursor, place) => valueExpression(cursor, place, log),
    sagaAt: (definition, consequence) => sagas(definition, log, consequence),
    decisionAt: (block) => findDecision(block, decisions, log),
    condition: (cursor, place) => conditionExpression(cursor, place, log),
    instant: (cursor, place) => instantExpression(cursor, place, log),
    template: (cursor, place) => templateValue(cursor, place, log),
  });
}

/** A compiler whose blocks all see alike. That of a fragment goes on from it, and refuses to come back to itself. */
function inOneScope(
  parts: Omit<BlockCompiler, 'compileList' | 'inFragment'>,
  around: readonly string[] = [],
): BlockCompiler {
  const compiler: BlockCompiler = {
    ...parts,
    compileList: (list, id, flow) => compileList(list, id, flow, compiler),
    fragmentAt: (include, name) =>
      isRecursion(include, around, parts.log) ? undefined : parts.fragmentAt(include, name),
    inFragment: (fragment) =>
      inOneScope({ ...parts, ...fragmentView(fragment), seesInput: false }, [
        ...around,
        textAt(fragment.cursor, 'fragment')!,
      ]),
  };
  return compiler;
}
