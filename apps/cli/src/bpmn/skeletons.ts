import { isBooleanWord, toKebab, type Json, type JsonObject } from '#libs/saga';
import type { DrawnGraph, DrawnNode, DrawnProblem } from './drawn-graph.js';

/** What somebody has to write where a drawing does not say it. It never compiles, so it cannot be forgotten. */
export function toFillIn(what: string, id: string): string {
  return `\${ <fill in: ${what}, for ${id}> }`;
}

/** What nobody has filled in yet. */
export function missingIn(value: Json): readonly DrawnProblem[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(missingIn);
  const [, what, id] = /^\$\{ <fill in: (.*), for (.*?)> \}$/.exec(String(value)) ?? [];
  return what === undefined ? [] : [{ id: id!, message: `${what} is missing` }];
}

type Skeleton = (fill: (what: string) => string, node: DrawnNode) => JsonObject;

const step: Skeleton = (fill, { isUndone }) => ({
  call: fill('the command'),
  ...(isUndone && { compensate: fill('the command that undoes it') }),
});

/** By the kind of the element: the head of the block, and what it needs besides. */
const SKELETONS: Readonly<Record<string, readonly [head: string, Skeleton]>> = {
  Task: ['step', step],
  ManualTask: ['step', step],
  ServiceTask: ['step', step],
  UserTask: ['task', (fill) => ({ to: { role: fill('the role') }, answers: { done: [] } })],
  SendTask: ['emit', (fill) => ({ event: fill('the event') })],
  ReceiveTask: ['wait', (fill) => ({ event: fill('the event') })],
  IntermediateCatchEvent: [
    'wait',
    (fill, { event }) => (event === 'Timer' ? { for: fill('how long') } : { event: fill('the event') }),
  ],
  ScriptTask: ['set', (fill) => ({ value: fill('the value') })],
  BusinessRuleTask: ['decide', (fill) => ({ table: fill('the decision') })],
  CallActivity: ['saga', (fill, { calls }) => ({ definition: calls ?? fill('the saga') })],
  ExclusiveGateway: ['choice', () => ({ cases: [], else: [] })],
  ParallelGateway: ['parallel', () => ({ branches: {} })],
};

/** The block of an element that was drawn by hand, with what has to be filled in. */
export function skeletonOf(node: DrawnNode, nameFor: (node: DrawnNode) => string): JsonObject | undefined {
  if (node.event === 'Error') return { raise: kebab(node.name) || kebab(node.id) };
  const [head, rest] =
    node.type === 'SubProcess' ? subProcess(node) : (SKELETONS[node.type] ?? [undefined, undefined]);
  if (head === undefined) return undefined;
  return {
    [head]: nameFor(node),
    ...(node.name !== '' && { title: node.name }),
    ...rest((what) => toFillIn(what, node.id), node),
  };
}

function subProcess({ times }: DrawnNode): readonly [string, Skeleton] {
  if (times === 'each') return ['forEach', (fill) => ({ in: fill('the list'), do: [] })];
  if (times === 'again')
    return ['repeat', (fill) => ({ do: [], until: fill('the condition'), max: fill('how many times') })];
  return ['group', () => ({ do: [] })];
}

/** Gives names to blocks that were drawn by hand, by what they are called, and none twice. */
export function namesFor(graph: DrawnGraph): (node: DrawnNode) => string {
  const taken = new Set(everyNode(graph).flatMap(({ block }) => Object.values(block ?? {})));
  return (node) => {
    const wanted = camel(node.name) || camel(node.id) || 'block';
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted}${count}`;
    taken.add(name);
    return name;
  };
}

function everyNode({ nodes, outermost }: DrawnGraph): readonly DrawnNode[] {
  return [...nodes.values(), ...outermost].flatMap((node) => [
    node,
    ...(node.inside === undefined ? [] : everyNode(node.inside)),
  ]);
}

function camel(text: string): string {
  return kebab(text).replace(/-(.)/g, (_, first: string) => first.toUpperCase());
}

/** A text as a name on the wire; empty where there is no letter in it. What YAML readers take for true or false is no name. */
export function kebab(text: string): string {
  const name = toKebab(text).replace(/^[^a-z]+/, '');
  return isBooleanWord(name) ? `is-${name}` : name;
}
