import { joinedPivot, type Compiled, type Flow } from '../compiler/flow.js';
import { at, entriesOf } from '../document/cursor.js';
import type { VisibleStep } from '../expression/place.js';
import { NULL } from '../expression/static-type.js';
import { BLOCKS, mapOf } from '../shape/container-shapes.js';
import { camelCase } from '../shape/scalar-shapes.js';
import type { Block, BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';
import {
  JOIN_FIELDS,
  JOIN_RESULT,
  checkJoin,
  checkJoinCount,
  joinPolicy,
  needsAll,
  toleratesAll,
} from './join-fields.js';

/** Runs branches beside each other. */
export const parallel: Block = {
  head: 'parallel',
  doc: 'Runs branches beside each other and goes on when all of them have settled.',
  example:
    '{ parallel: offers, join: any, branches: { fast: [{ step: askFast, call: fast.offer, compensate: fast.withdraw }], cheap: [{ wait: pause, for: 1h }] } }',
  name: camelCase('the name of a block'),
  isNamed: true,
  inherits: { keys: ['timeout'] },
  more: JOIN_RESULT,
  fields: {
    branches: {
      shape: mapOf(camelCase('the name of a branch'), BLOCKS),
      doc: 'Lists of blocks by name.',
      required: 'the lists of blocks that run beside each other, by name.',
    },
    ...JOIN_FIELDS,
  },
  bodies: (block) => entriesOf(at(block, 'branches')).map(([, list]) => list),
  check: (block, { log }) => {
    const branches = at(block, 'branches');
    const count = entriesOf(branches).length;
    if (branches !== undefined && count === 0) log.error(branches, 'There is no branch. Name at least one.');
    else checkJoinCount(block, count, log);
    checkJoin(block, log);
  },
  compile: compileParallel,
};

function compileParallel({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const inside: Flow = {
    ...flow,
    noPivotIn: `the branches of "${name}": what runs beside it could not be undone any more`,
    inside: name,
  };
  const policy = joinPolicy(cursor);
  const legs = entriesOf(at(cursor, 'branches')).map(([leg, list]) => ({
    leg,
    compiled: compiler.compileList(list, `${id}.${leg}`, inside),
  }));
  const ends = legs.map(({ compiled }) => compiled.after);
  const raises = legs.flatMap(({ compiled }) => compiled.raises);
  const common = { kind: 'engine', pivot: flow.pivot, block: name, cursor } as const;
  const isIncomplete = legs.length > 1 && raises.length > 0;
  return {
    node: {
      kind: 'par',
      id,
      block: name,
      legs: legs.map(({ leg, compiled }) => ({ name: leg, child: compiled.node })),
      ...policy,
    },
    after: needsAll(policy) ? merged(flow, name, ends) : mergedUnsure(flow, name, ends),
    raises: toleratesAll(policy, legs.length)
      ? []
      : [...raises, ...(isIncomplete ? [{ ...common, error: 'incomplete' }] : [])],
    isUndoable: legs.some(({ compiled }) => compiled.isUndoable),
  };
}

/** Behind the join all branches have run, so what each of them made is known. */
function merged(flow: Flow, name: string, ends: readonly (Flow | undefined)[]): Flow | undefined {
  const names = new Map<string, VisibleStep>(flow.names);
  for (const end of ends) {
    if (end === undefined) return undefined;
    for (const [step, visible] of end.names) if (!flow.names.has(step)) names.set(step, visible);
  }
  names.set(name, { output: NULL, isSure: true, more: JOIN_RESULT });
  return { ...flow, names, pivot: joinedPivot(ends.map((end) => end!.pivot)) };
}

/** Where branches may be missing, nothing that they make is sure. */
function mergedUnsure(flow: Flow, name: string, ends: readonly (Flow | undefined)[]): Flow | undefined {
  const reached = ends.filter((end) => end !== undefined);
  const known = reached.map((end) => ({
    ...end,
    names: new Map([...end.names].map(([step, visible]) => unlessSure(flow, step, visible))),
  }));
  const after = merged(flow, name, known);
  return reached.length === 0 ? { ...flow, names: after!.names } : after;
}

function unlessSure(flow: Flow, step: string, visible: VisibleStep): readonly [string, VisibleStep] {
  return [step, flow.names.has(step) ? visible : { ...visible, isSure: false }];
}
