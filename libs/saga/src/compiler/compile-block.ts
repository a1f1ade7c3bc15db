import type { Block, BlockSource } from '../blocks/block.js';
import { blockOf } from '../blocks/registered-blocks.js';
import { at, itemsOf, type Cursor } from '../document/cursor.js';
import type { Node, ScopeNode } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { namesInside, retryNames } from './block-names.js';
import { noteClasses } from './classed-data.js';
import { compileBoundary } from './compile-boundary.js';
import { compileCatch } from './compile-catch.js';
import { compileRequires } from './compile-requires.js';
import { withDefaults } from './inheritance.js';
import { noteWords } from './said-of-blocks.js';
import { joined, withUnsureNames, type Compiled, type Flow } from './flow.js';

/** Compiles a list of blocks to a `seq`. */
export function compileList(
  list: Cursor | undefined,
  id: string,
  start: Flow,
  compiler: BlockCompiler,
): Compiled {
  const children: Node[] = [];
  const compiled: Compiled[] = [];
  let flow: Flow | undefined = start;
  let last: string | undefined;
  for (const cursor of itemsOf(list)) {
    if (flow === undefined) {
      compiler.log.error(
        cursor,
        'This block is never reached: whatever stands before it ends or raises. Leave it out.',
      );
      break;
    }
    const kind = blockOf(cursor);
    const name = String(at(cursor, kind.head)!.value);
    const block = compileBlock(
      kind,
      {
        cursor: withDefaults(cursor, kind, compiler.inheritance),
        name,
        id: kind.isNamed ? name : uniqueId(`${id}.${kind.head}.${name}`, children),
      },
      flow,
      compiler,
    );
    children.push(block.node);
    last = kind.isNamed ? name : undefined;
    compiled.push(block);
    flow = block.after;
  }
  return {
    node: { kind: 'seq', id, children },
    after: flow,
    raises: compiled.flatMap(({ raises }) => raises),
    isUndoable: compiled.some(({ isUndoable }) => isUndoable),
    ...(last !== undefined && { last }),
  };
}

function uniqueId(id: string, siblings: readonly Node[]): string {
  let candidate = id;
  for (let count = 2; siblings.some((sibling) => idsOf(sibling).includes(candidate)); count++)
    candidate = `${id}~${count}`;
  return candidate;
}

// A sibling with a condition or handlers of its own is wrapped.
function idsOf(node: Node): readonly string[] {
  if (node.kind === 'pick') return [node.id, ...node.cases.flatMap(({ child }) => idsOf(child))];
  return node.kind === 'scope' ? [node.id, ...idsOf(node.child)] : [node.id];
}

function compileBlock(kind: Block, source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  noteWords(source, flow, compiler);
  if (kind.isNamed) compiler.kinds.set(source.name, wordFor(kind, source, compiler));
  const guarded = withScope(kind, source, flow, compiler);
  const output = kind.isNamed ? guarded.after?.names.get(source.name)?.output : undefined;
  if (output !== undefined) noteClasses(compiler.classed.outputs, source.name, output);
  const condition = at(source.cursor, 'if');
  if (condition === undefined) return guarded;
  const holds = compiler.condition(condition, compiler.placeAt(flow));
  return {
    ...guarded,
    node: {
      kind: 'pick',
      id: `${source.id}:if`,
      ...blockName(kind, source),
      cases: [{ name: 'if', if: holds, child: guarded.node }],
    },
    after: joined([guarded.after, flow]),
    raises: [
      ...guarded.raises,
      { error: 'invalid', kind: 'engine', pivot: flow.pivot, block: source.name, cursor: condition },
    ],
  };
}

function wordFor(
  { head, wordFor: of }: Block,
  { cursor }: BlockSource,
  { contracts }: BlockCompiler,
): string {
  return of?.(cursor, contracts) ?? head;
}

/** The block inside the boundary that some of its keys ask for, or as it is when it has none of them. */
function withScope(kind: Block, source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const handlers = at(source.cursor, 'catch');
  const timeout = kind.hasOwnTimeout === true ? undefined : at(source.cursor, 'timeout');
  const main = compileMain(kind, source, withUnsureNames(flow, retryNames(handlers)), compiler);
  const names = namesInside(source.cursor);
  const boundary = compileBoundary(source, main, { flow, names, timeout }, compiler);
  if (handlers === undefined && boundary === undefined) return main;
  const traits = {
    isNamed: kind.isNamed,
    holdsBlocks: kind.holdsBlocks === true || kind.bodies(source.cursor).length > 0,
    names,
  };
  const body = boundary?.body ?? main;
  const caught = compileCatch({ source, handlers, body, flow, traits }, compiler);
  return {
    ...caught,
    node: { ...scopeOf(kind, source, main.node), handlers: caught.handlers, ...boundary?.parts },
  };
}

/** The block itself, with what it requires in front. */
function compileMain(kind: Block, source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const required = kind.isNamed
    ? compileRequires(source, flow, compiler)
    : refuseRequires(kind, source, compiler);
  if (required === undefined) return withStale(kind.compile(source, flow, compiler), source, flow);
  const { recheck, flow: inside } = required;
  return required.around(withStale(kind.compile({ ...source, recheck }, inside, compiler), source, inside));
}

function refuseRequires({ head }: Block, { cursor }: BlockSource, { log }: BlockCompiler): undefined {
  const requires = at(cursor, 'requires');
  if (requires !== undefined)
    log.errorAtKey(
      requires,
      `\`${head}\` asks nobody for anything. Write \`requires\` at the block around it.`,
    );
}

/** Where facts can be read, one may be too old by the time it is. */
function withStale(main: Compiled, { name, cursor }: BlockSource, { facts, pivot }: Flow): Compiled {
  if (facts === undefined) return main;
  return {
    ...main,
    raises: [...main.raises, { error: 'stale', kind: 'engine', pivot, block: name, cursor }],
  };
}

function scopeOf(kind: Block, source: BlockSource, node: Node): ScopeNode {
  if (kind.isScope === true && node.kind === 'scope') return node;
  return { kind: 'scope', id: `${source.id}:scope`, ...blockName(kind, source), child: node, handlers: {} };
}

/** The nodes around a block carry its name too: a block that was skipped or caught has a result as well. */
function blockName(kind: Block, { name }: BlockSource): { readonly block?: string } {
  return kind.isNamed ? { block: name } : {};
}
