import { at, type Cursor } from '../document/cursor.js';
import type { ScopeNode } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { namesIn, retryNames } from './block-names.js';
import { compileCatch } from './compile-catch.js';
import { withUnsureNames, type Compiled, type Flow, type Raised } from './flow.js';
import { checkRefusalsBehindPivot } from './saga-checks.js';

const ROOT = 'saga';

/** Compiles the blocks of a saga to its outermost scope. */
export function compileRoot(saga: Cursor, compiler: BlockCompiler): ScopeNode {
  const handlers = at(saga, 'catch');
  const list = at(saga, 'steps');
  const start: Flow = {
    names: new Map(),
    pivot: at(saga, 'pivot') === undefined ? 'before' : 'behind',
    isHandling: false,
    inside: ROOT,
  };
  const steps = compiler.compileList(list, `${ROOT}.steps`, withUnsureNames(start, retryNames(handlers)));
  const body: Compiled = { ...steps, raises: [...steps.raises, timeIsUp(saga)] };
  const traits = { isNamed: false, holdsBlocks: true, names: namesIn(list) };
  const source = { cursor: saga, name: ROOT, id: ROOT };
  const caught = compileCatch({ source, handlers, body, flow: start, traits }, compiler);
  checkRefusalsBehindPivot(caught.raises, compiler.log);
  return { kind: 'scope', id: ROOT, child: steps.node, handlers: caught.handlers };
}

/** A saga's time runs out wherever it stands. */
function timeIsUp(cursor: Cursor): Raised {
  return { error: 'timed-out', kind: 'engine', pivot: 'before', block: ROOT, cursor };
}
