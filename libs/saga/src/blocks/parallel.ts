import { joinedPivot, type Compiled, type Flow } from '../compiler/flow.js';
import { at, entriesOf } from '../document/cursor.js';
import type { VisibleStep } from '../expression/place.js';
import { NULL } from '../expression/static-type.js';
import { NOT_SUPPORTED, notSupportedYet } from '../not-supported.js';
import { BLOCKS, mapOf } from '../shape/container-shapes.js';
import { camelCase } from '../shape/scalar-shapes.js';
import type { Shape } from '../shape/shape.js';
import type { Block, BlockSource } from './block.js';
import type { BlockCompiler } from '../compiler/block-compiler.js';

const JOIN: Shape = {
  schema: { enum: ['all'] },
  check: (cursor, { log }) => {
    const isLater =
      typeof cursor.value === 'number' || (NOT_SUPPORTED.join as readonly unknown[]).includes(cursor.value);
    if (isLater) log.error(cursor, notSupportedYet(`\`join: ${String(cursor.value)}\``));
    else if (cursor.value !== 'all') log.error(cursor, 'expected `join: all`.');
  },
};

/** Runs branches beside each other. */
export const parallel: Block = {
  head: 'parallel',
  doc: 'Runs branches beside each other and goes on when all of them have settled.',
  name: camelCase('the name of a block'),
  isNamed: true,
  later: NOT_SUPPORTED.parallel,
  fields: {
    branches: {
      shape: mapOf(camelCase('the name of a branch'), BLOCKS),
      doc: 'Lists of blocks by name.',
      required: 'the lists of blocks that run beside each other, by name.',
    },
    join: { shape: JOIN, doc: 'When to go on; `all` if nothing is said.' },
  },
  bodies: (block) => entriesOf(at(block, 'branches')).map(([, list]) => list),
  check: (block, { log }) => {
    const branches = at(block, 'branches');
    if (branches !== undefined && entriesOf(branches).length === 0)
      log.error(branches, 'There is no branch. Name at least one.');
  },
  compile: compileParallel,
};

function compileParallel({ cursor, name, id }: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const inside: Flow = { ...flow, noPivotIn: `the branches of "${name}"`, inside: name };
  const legs = entriesOf(at(cursor, 'branches')).map(([leg, list]) => ({
    leg,
    compiled: compiler.compileList(list, `${id}.${leg}`, inside),
  }));
  return {
    node: {
      kind: 'par',
      id,
      block: name,
      join: 'all',
      legs: legs.map(({ leg, compiled }) => ({ name: leg, child: compiled.node })),
    },
    after: merged(
      flow,
      name,
      legs.map(({ compiled }) => compiled.after),
    ),
    raises: legs.flatMap(({ compiled }) => compiled.raises),
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
  names.set(name, { output: NULL, isSure: true });
  return { ...flow, names, pivot: joinedPivot(ends.map((end) => end!.pivot)) };
}
