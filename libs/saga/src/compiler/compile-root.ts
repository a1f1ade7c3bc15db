import { at, type Cursor } from '../document/cursor.js';
import type { ScopeNode } from '../node.js';
import { checkEscalation } from './check-agents.js';
import type { BlockCompiler } from './block-compiler.js';
import { namesIn, retryNames } from './block-names.js';
import { compileBoundary } from './compile-boundary.js';
import { compileCatch } from './compile-catch.js';
import { compileRequires } from './compile-requires.js';
import { withUnsureNames, type Compiled, type Flow, type Raised } from './flow.js';
import { handledPathsIn } from './node-walk.js';
import { noteWords } from './said-of-blocks.js';
import { checkRefusalsBehindPivot } from './saga-checks.js';

const ROOT = 'saga';

/** A saga's outermost scope, and its exceptional paths: every handler, and every business error that has none. */
export interface CompiledRoot {
  readonly root: ScopeNode;
  readonly paths: readonly string[];
  /** Behind the last block; absent where nothing comes to that. */
  readonly after: Flow | undefined;
}

/** Compiles the blocks of a saga to its outermost scope. */
export function compileRoot(saga: Cursor, compiler: BlockCompiler): CompiledRoot {
  const handlers = at(saga, 'catch');
  const list = at(saga, 'steps');
  const start: Flow = {
    names: new Map(),
    pivot: at(saga, 'pivot') === undefined ? 'before' : 'behind',
    isHandling: false,
    classed: compiler.classed.outputs,
    inside: ROOT,
  };
  const source = { cursor: saga, name: ROOT, id: ROOT };
  noteWords(source, start, compiler, ['status']);
  const required = compileRequires(source, start, compiler);
  const inside = withUnsureNames(required?.flow ?? start, retryNames(handlers));
  const blocks = compiler.compileList(list, `${ROOT}.steps`, inside);
  const steps = required?.around(blocks) ?? blocks;
  const traits = { isNamed: false, holdsBlocks: true, names: namesIn(list) };
  const around = { flow: start, names: traits.names, timeout: undefined };
  const boundary = compileBoundary(source, steps, around, compiler);
  const bounded = boundary?.body ?? steps;
  const body: Compiled = { ...bounded, raises: [...bounded.raises, ...fromOutside(saga)] };
  const caught = compileCatch({ source, handlers, body, flow: start, traits }, compiler);
  checkRefusalsBehindPivot(caught.raises, compiler.log);
  checkEscalation(caught.raises, compiler);
  const root: ScopeNode = {
    kind: 'scope',
    id: ROOT,
    child: steps.node,
    handlers: caught.handlers,
    ...boundary?.parts,
  };
  const uncaught = caught.raises.flatMap(({ kind, block, error }) =>
    kind === 'business' ? [`${block}.${error}`] : [],
  );
  return { root, after: steps.after, paths: [...new Set([...handledPathsIn(root), ...uncaught])] };
}

/** A saga's time runs out wherever it stands, and a person may stop it there, as long as it can be undone. */
function fromOutside(cursor: Cursor): readonly Raised[] {
  const common = { kind: 'engine', pivot: 'before', block: ROOT, cursor } as const;
  return [
    { ...common, error: 'timed-out' },
    { ...common, error: 'cancelled' },
  ];
}
