import type { Block, BlockSource } from '../blocks/block.js';
import { blockOf } from '../blocks/registered-blocks.js';
import { at, entriesOf, itemsOf, longForm, type Cursor } from '../document/cursor.js';
import { isEngineError } from '../engine-errors.js';
import { suggestion } from '../expression/did-you-mean.js';
import { NULL, storedType } from '../expression/static-type.js';
import { NOT_SUPPORTED, notSupportedYet } from '../not-supported.js';
import type { Handler, Node } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { checkHandler } from './check-handler.js';
import {
  joined,
  joinedPivot,
  withName,
  withUnsureNames,
  type Compiled,
  type Flow,
  type Raised,
} from './flow.js';

/** What a block's handlers are compiled from. */
export interface Catching {
  readonly kind: Pick<Block, 'isScope' | 'isNamed'>;
  readonly source: BlockSource;
  readonly handlers: Cursor | undefined;
  readonly body: Compiled;
  /** What was known where the block begins. */
  readonly flow: Flow;
}

type Caught = Omit<Compiled, 'node'> & { readonly handlers: Readonly<Record<string, Handler>> };

interface CompiledHandler {
  readonly handler: Handler;
  readonly after: Flow | undefined;
  readonly raises: readonly Raised[];
  readonly isUndoable: boolean;
}

/** Compiles the handlers of a block, and what is known and may still be raised behind them. */
export function compileCatch(catching: Catching, compiler: BlockCompiler): Caught {
  const { handlers, body } = catching;
  const compiled = entriesOf(handlers).map(
    ([error, cursor]) => [error, compileHandler(error, cursor, catching, compiler)] as const,
  );
  const errors = compiled.map(([error]) => error);
  const after = joined([body.after, ...compiled.map(([, handler]) => handler.after)]);
  const retried = entriesOf(handlers).flatMap(([, handler]) => handlerNames(handler));
  return {
    handlers: Object.fromEntries(compiled.map(([error, { handler }]) => [error, handler])),
    after:
      after === undefined
        ? undefined
        : withUnsureNames(
            { ...after, isHandling: catching.flow.isHandling, inside: catching.flow.inside },
            retried,
          ),
    raises: [
      ...body.raises.filter((raised) => !errors.some((error) => isCaughtBy(error, raised))),
      ...compiled.flatMap(([, { raises }]) => raises),
    ],
    isUndoable: body.isUndoable || compiled.some(([, { isUndoable }]) => isUndoable),
  };
}

/** Names of blocks in the `do` of a handler. */
export function handlerNames(handler: Cursor): readonly string[] {
  return namesIn(at(longForm(handler, 'then'), 'do'));
}

/** Names of all blocks in a list, whatever the nesting. */
export function namesIn(list: Cursor | undefined): readonly string[] {
  return itemsOf(list).flatMap((cursor) => {
    const kind = blockOf(cursor);
    const own = kind.isNamed ? [String(at(cursor, kind.head)!.value)] : [];
    const handlers = entriesOf(at(cursor, 'catch')).flatMap(([, handler]) => handlerNames(handler));
    return [...own, ...kind.bodies(cursor).flatMap(namesIn), ...handlers];
  });
}

function compileHandler(
  error: string,
  cursor: Cursor,
  catching: Catching,
  compiler: BlockCompiler,
): CompiledHandler {
  const { source, body, flow } = catching;
  const long = longForm(cursor, 'then');
  const matching = body.raises.filter((raised) => mayBeCaughtBy(error, raised));
  checkError(error, cursor, matching, body.raises, compiler);
  const entry: Flow = {
    ...withUnsureNames(flow, body.after?.names.keys() ?? []),
    isHandling: true,
    inside: source.name,
    pivot: matching.length === 0 ? flow.pivot : joinedPivot(matching.map(({ pivot }) => pivot)),
  };
  const id = `${source.id}:catch.${error}`;
  const done = compiler.compileList(at(long, 'do'), id, entry);
  const then = (at(long, 'then')?.value ?? 'continue') as Handler['then'];
  checkHandler(
    {
      error,
      cursor: long,
      then,
      entry,
      endsIn: endOf(done.node),
      holdsUndoable: catching.kind.isScope === true || !catching.kind.isNamed ? body.isUndoable : false,
      isOver: done.after === undefined,
    },
    compiler.log,
  );
  const output = outputOf(at(long, 'output'), done, catching, compiler);
  const handler: Handler = {
    path: `${source.name}.${error}`,
    then,
    undo: at(long, 'undo')?.value === true,
    times: Number(at(long, 'times')?.value ?? 3),
    ...(output.child === undefined ? {} : { child: output.child }),
    ...(output.evaluate === undefined ? {} : { output: output.evaluate }),
  };
  const after = then === 'continue' ? output.after : undefined;
  return { handler, after, raises: done.raises, isUndoable: done.isUndoable };
}

/** A handler's output stands in for the block's: on a scope the engine puts it there, else a value of the block's name does. */
function outputOf(
  written: Cursor | undefined,
  done: Compiled,
  { kind, source }: Catching,
  compiler: BlockCompiler,
) {
  const child = done.node.kind === 'seq' && done.node.children.length > 0 ? done.node : undefined;
  if (done.after === undefined) return { child, after: undefined, evaluate: undefined };
  const template =
    written === undefined ? undefined : compiler.template(written, compiler.placeAt(done.after));
  const after =
    kind.isNamed && (template !== undefined || kind.isScope === true)
      ? withName(done.after, source.name, storedType(template?.type ?? NULL))
      : done.after;
  if (template === undefined || kind.isScope === true) return { child, after, evaluate: template?.evaluate };
  const value: Node = {
    kind: 'calc',
    id: `${done.node.id}.output`,
    block: source.name,
    value: template.evaluate,
  };
  const children = done.node.kind === 'seq' ? done.node.children : [];
  return {
    child: { kind: 'seq' as const, id: done.node.id, children: [...children, value] },
    after,
    evaluate: undefined,
  };
}

function endOf(node: Node): 'end' | 'raise' | undefined {
  const last = node.kind === 'seq' ? node.children.at(-1) : undefined;
  if (last?.kind !== 'raise') return undefined;
  return last.signal.kind === 'end' ? 'end' : 'raise';
}

function checkError(
  error: string,
  cursor: Cursor,
  matching: readonly Raised[],
  raises: readonly Raised[],
  { log }: BlockCompiler,
): void {
  if ((NOT_SUPPORTED.errors as readonly string[]).includes(error))
    log.errorAtKey(cursor, notSupportedYet(`The error \`${error}\``));
  else if (matching.length === 0) {
    const known = [...new Set(raises.map((raised) => raised.error))];
    const hint = isEngineError(error) && error !== 'rejected' ? '' : suggestion(error, known);
    log.errorAtKey(cursor, `Nothing in here raises "${error}", so this handler would never run.${hint}`);
  }
}

/** May this error end up with a handler of that name? */
function mayBeCaughtBy(error: string, raised: Raised): boolean {
  if (isCaughtBy(error, raised)) return true;
  return raised.kind === 'unnamed' && !isEngineError(error);
}

/** Does every such error end up with a handler of that name? */
function isCaughtBy(error: string, raised: Raised): boolean {
  return raised.error === error || (error === 'rejected' && raised.kind !== 'engine');
}
