import { compileDefinitions, type DefinitionSource } from '../compiler/compile-definitions.js';
import { nodesIn } from '../compiler/node-walk.js';
import { BUILT_IN_RETRY, retryLevels, type DefaultsOf, type Setting } from '../compiler/inheritance.js';
import { BUILT_IN_SILENCE, silenceLevels } from '../compiler/silence.js';
import { readNamespaces, type Namespaces } from '../compiler/namespaces.js';
import { withTheirStandards } from '../compiler/standards.js';
import { at, entriesOf, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import { ProblemLog } from '../document/problem-log.js';
import { parseDocuments } from '../document/parse-documents.js';
import type { Json } from '../json.js';
import type { CommandAsk, Node } from '../node.js';
import type { Program } from '../program.js';
import { blockName } from './block-at.js';
import { BUILT_IN, originOf, type ResolvedValue } from './resolved-value.js';
import { silentJoins } from './silent-joins.js';
import { writtenValues } from './written-values.js';

/** A saga with every value that counts, nothing left to be looked up. */
export interface ResolvedSaga {
  readonly saga: string;
  readonly version: number;
  readonly values: readonly ResolvedValue[];
}

/** Resolves every setting of sagas that compile, with the place it comes from. */
export function resolveSettings(
  sources: readonly DefinitionSource[],
  files: Readonly<Record<string, string>> = {},
): readonly ResolvedSaga[] {
  const settings: Setting[] = [];
  const documents = withTheirStandards(
    sources.flatMap((source) =>
      'data' in source ? [source] : parseDocuments(source.text, source.file).documents,
    ),
  );
  const { programs } = compileDefinitions(documents, files, {
    onSetting: (setting) => settings.push(setting),
  });
  const namespaces = readNamespaces(documents, [], new ProblemLog());
  return programs.flatMap((program) => {
    const root = documents.map(rootOf).find((each) => isOf(each, program));
    return root === undefined ? [] : [resolvedSaga(root, program, settings, namespaces)];
  });
}

function isOf(root: Cursor, { definition, version }: Program): boolean {
  return textAt(root, 'saga') === definition && at(root, 'version')?.value === version;
}

function resolvedSaga(
  root: Cursor,
  program: Program,
  settings: readonly Setting[],
  namespaces: Namespaces,
): ResolvedSaga {
  const own = settings.filter(({ saga }) => isOf(saga, program));
  const inherited = own.flatMap((setting) => settingValues(setting, namespaces));
  const commands = new Map(commandsIn(program.root).map((command) => [command.block, command]));
  const looked = new Map(inherited.map((value) => [`${value.block} ${value.key}`, value]));
  const found = [...looked.values()].map((value) => asItCounts(value, commands.get(value.block)));
  const isResolved = (block: string, key: string) =>
    found.some((value) => value.block === block && (value.key === key || value.key.startsWith(`${key}.`)));
  const written = [...writtenValues(root, isResolved), ...silentJoins(root)];
  const blocks = [...new Set([...written, ...found].map(({ block }) => block))];
  return {
    saga: program.definition,
    version: program.version,
    values: [
      ...(at(root, 'timeout') === undefined ? [sagaTimeout(namespaces.of(root.document))] : []),
      ...blocks.flatMap((block) => [...written, ...found].filter((value) => value.block === block)),
    ],
  };
}

function sagaTimeout(namespace: Cursor | undefined): ResolvedValue {
  const timeout = namespace && at(namespace, 'timeout');
  return timeout === undefined
    ? { block: '', key: 'timeout', value: '30d', from: BUILT_IN }
    : { block: '', key: 'timeout', value: timeout.value, ...placeOf(timeout) };
}

const RETRY_KEYS = ['attempts', 'delay', 'factor', 'maxDelay', 'jitter'] as const;
const BUILT_IN_VALUES: Readonly<Record<string, Json>> = {
  'retry.attempts': BUILT_IN_RETRY.attempts,
  'retry.delay': '1s',
  'retry.factor': BUILT_IN_RETRY.factor,
  'retry.maxDelay': '1m',
  'retry.jitter': `${BUILT_IN_RETRY.jitter * 100}%`,
  'timeout.after': `${BUILT_IN_SILENCE.afterMs / 1_000}s`,
  'timeout.accepted': `${BUILT_IN_SILENCE.acceptedMs / 60_000}m`,
};

/** The parts of a setting are inherited each by itself. */
function settingValues(setting: Setting, namespaces: Namespaces): readonly ResolvedValue[] {
  const { key, of, block, levels } = setting;
  const name = blockName(block);
  const prefix = of === 'compensate' ? 'undo.' : '';
  const inLevels = (places: readonly Cursor[], part: string): ResolvedValue[] => {
    const found = places.map((place) => at(place, part)).find((each) => each !== undefined);
    const at_ = `${key}.${part}`;
    if (found !== undefined)
      return [{ block: name, key: prefix + at_, value: found.value, ...placeOf(found) }];
    return [{ block: name, key: prefix + at_, value: BUILT_IN_VALUES[at_]!, from: BUILT_IN }];
  };
  if (key === 'retry') {
    const places = levels.flatMap((level) => retryLevels(level, { namespaces, log: new ProblemLog() }));
    return RETRY_KEYS.flatMap((part) => inLevels(places, part));
  }
  if (key === 'timeout' && (of === 'step' || of === 'compensate')) {
    const { near, named, far } = silenceLevels(levels, { namespaces, log: new ProblemLog() });
    if (named === undefined) return ['after', 'accepted'].flatMap((part) => inLevels(near, part));
    const entries = itemsOf(named.policy);
    const isSaid = (part: string) => near.some((level) => at(level, part) !== undefined);
    const isOpen = entries.some((entry) => at(entry, 'accepted') === undefined);
    return [
      ...(isSaid('after') && isSaid('accepted') ? [] : policyValues(name, prefix, near, entries)),
      ...(isSaid('after') ? inLevels(near, 'after') : []),
      ...(isSaid('accepted') || isOpen ? inLevels([...near, ...far], 'accepted') : []),
    ];
  }
  const [nearest] = levels;
  return nearest === undefined
    ? unsaid(name, prefix + key, of)
    : [{ block: name, key: prefix + key, value: nearest.value, ...placeOf(nearest) }];
}

/** The policy that a setting names, and what each of its entries says. */
function policyValues(
  block: string,
  prefix: string,
  near: readonly Cursor[],
  entries: readonly Cursor[],
): readonly ResolvedValue[] {
  const policy = near.flatMap((level) => at(level, 'policy') ?? [])[0]!;
  const key = `${prefix}timeout.policy`;
  return [
    { block, key, value: policy.value, ...placeOf(policy) },
    ...entries.flatMap((entry, index) =>
      entriesOf(entry).map(([part, said]) => ({
        block,
        key: `${key}.${index + 1}.${part}`,
        value: said.value,
        ...placeOf(said),
      })),
    ),
  ];
}

function unsaid(block: string, key: string, of: DefaultsOf): readonly ResolvedValue[] {
  return of === 'step' && key === 'ifUnknown'
    ? [{ block, key, value: 'verify, or retry where there is no query', from: BUILT_IN }]
    : [];
}

function commandsIn(root: Node): readonly CommandAsk[] {
  return nodesIn(root).filter((node) => node.kind === 'ask' && node.channel === 'command');
}

/** Behind the pivot a step is repeated for ever, whatever is inherited. */
function asItCounts(value: ResolvedValue, command: CommandAsk | undefined): ResolvedValue {
  if (value.key === 'ifUnknown' && value.from === BUILT_IN && command !== undefined)
    return { ...value, value: command.ifUnknown };
  const isForever = value.key === 'retry.attempts' && command?.retry.attempts === 'forever';
  if (!isForever || value.value === 'forever') return value;
  const { origin: _, ...rest } = value;
  return { ...rest, value: 'forever', from: 'behind the pivot' };
}

/** Who says something, by where it stands. */
function placeOf(cursor: Cursor): Pick<ResolvedValue, 'from' | 'origin'> {
  return { from: sayer(cursor), ...originOf(cursor) };
}

function sayer({ document, path }: Cursor): string {
  const kind = ['participant', 'namespace', 'fragment', 'standard'].find((each) =>
    Object.hasOwn(document.data, each),
  );
  const name = kind === undefined ? '' : ` ${String(document.data[kind])}`;
  const whose = kind === undefined ? 'saga' : kind + name;
  if (path[0] === 'defaults') return `defaults of ${whose}`;
  if (path[0] === 'policies') return `policy ${String(path[2])} of ${whose}`;
  if (path[0] === 'commands') return `contract of ${String(document.data['participant'])}.${String(path[1])}`;
  return kind === 'participant' || kind === 'namespace' || kind === 'standard' ? whose : 'block';
}
