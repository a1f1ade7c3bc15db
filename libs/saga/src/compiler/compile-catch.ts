import { entriesOf, type Cursor } from '../document/cursor.js';
import type { Handler } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { handlerNames } from './block-names.js';
import { isCaughtBy, type Catching } from './catching.js';
import { compileHandler, mayBeCaughtBy } from './compile-handler.js';
import { joined, withUnsureNames, type Compiled } from './flow.js';

type Caught = Omit<Compiled, 'node'> & { readonly handlers: Readonly<Record<string, Handler>> };

/** Compiles the handlers of a block, and what is known and may still be raised behind them. */
export function compileCatch(catching: Catching, compiler: BlockCompiler): Caught {
  const { handlers, body, flow } = catching;
  const compiled = entriesOf(handlers)
    .filter(
      ([error, cursor]) => isWritten(cursor) || body.raises.some((raised) => mayBeCaughtBy(error, raised)),
    )
    .map(([error, cursor]) => compileHandler(error, cursor, catching, compiler));
  const after = joined([body.after, ...compiled.map((handler) => handler.after)]);
  const escaping = body.raises.filter((raised) => !compiled.some(({ error }) => isCaughtBy(error, raised)));
  return {
    handlers: Object.fromEntries(compiled.map(({ error, handler }) => [error, handler])),
    after:
      after === undefined
        ? undefined
        : withUnsureNames(
            { ...after, isHandling: flow.isHandling, inside: flow.inside },
            handlerNames(handlers),
          ),
    raises: [...escaping, ...compiled.flatMap(({ raises }) => raises)],
    isUndoable: body.isUndoable || compiled.some(({ isUndoable }) => isUndoable),
  };
}

/** A standard handles what any saga that uses it may raise; what this one cannot raise is not for it. */
function isWritten({ document }: Cursor): boolean {
  return !Object.hasOwn(document.data, 'standard');
}
