import { at, longForm, type Cursor } from '../document/cursor.js';
import { isEngineError } from '../engine-errors.js';
import { suggestion } from '../expression/did-you-mean.js';
import { ANY_OR_NOTHING, storedType } from '../expression/static-type.js';
import type { CompiledTemplate } from '../expression/template.js';
import type { Handler } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { checkHandler } from './check-handler.js';
import { isCaughtBy, type Catching } from './catching.js';
import {
  joinedPivot,
  withName,
  withStep,
  withUnsureNames,
  type Compiled,
  type Flow,
  type Raised,
} from './flow.js';

/** One handler, with what is known behind it. */
export interface CompiledHandler {
  readonly error: string;
  readonly handler: Handler;
  /** `undefined` when the flow does not go on behind the block. */
  readonly after: Flow | undefined;
  readonly raises: readonly Raised[];
  readonly isUndoable: boolean;
}

/** Compiles what a block does about one error. */
export function compileHandler(
  error: string,
  cursor: Cursor,
  catching: Catching,
  compiler: BlockCompiler,
): CompiledHandler {
  const { source, body, traits } = catching;
  const long = longForm(cursor, 'then');
  const matching = body.raises.filter((raised) => mayBeCaughtBy(error, raised));
  checkError(error, cursor, matching, body.raises, compiler);
  const entry = entryOf(error, matching, catching);
  const done = compiler.compileList(at(long, 'do'), `${source.id}:catch.${error}`, entry);
  const then = (at(long, 'then')?.value ?? 'continue') as Handler['then'];
  const holdsUndoable = traits.holdsBlocks && body.isUndoable;
  checkHandler({ error, cursor: long, then, entry, done, holdsUndoable }, compiler.log);
  const written = at(long, 'output');
  const output =
    written === undefined || done.after === undefined
      ? undefined
      : compiler.template(written, compiler.placeAt(done.after));
  const handler: Handler = {
    path: `${source.name}.${error}`,
    then,
    undo: at(long, 'undo')?.value === true,
    times: Number(at(long, 'times')?.value ?? 3),
    ...(at(long, 'do') === undefined ? {} : { child: done.node }),
    ...(output === undefined ? {} : { output: output.evaluate }),
  };
  const after = then === 'continue' ? afterOf(done, output, catching) : undefined;
  return { error, handler, after, raises: done.raises, isUndoable: done.isUndoable };
}

/** What is known where a handler begins: any block inside may have run, or not. A join tells what there is so far. */
function entryOf(error: string, matching: readonly Raised[], { source, flow, traits, body }: Catching): Flow {
  const pivot = matching.length === 0 ? flow.pivot : joinedPivot(matching.map((raised) => raised.pivot));
  const entry = { ...withUnsureNames(flow, traits.names), isHandling: true, inside: source.name, pivot };
  const own = body.after?.names.get(source.name);
  return own?.more?.['missing'] === undefined
    ? entry
    : withStep(entry, source.name, { ...own, isSure: error === 'incomplete' });
}

/** What is known behind a block that goes on after an error. It has a result in any case, and an output where the handler gives one. */
function afterOf(
  done: Compiled,
  output: CompiledTemplate | undefined,
  { source, traits }: Catching,
): Flow | undefined {
  if (done.after === undefined || !traits.isNamed) return done.after;
  return withName(done.after, source.name, output === undefined ? ANY_OR_NOTHING : storedType(output.type));
}

function checkError(
  error: string,
  cursor: Cursor,
  matching: readonly Raised[],
  raises: readonly Raised[],
  { log }: BlockCompiler,
): void {
  if (matching.length === 0) {
    const known = [...new Set(raises.map((raised) => raised.error))];
    const hint = isEngineError(error) && error !== 'rejected' ? '' : suggestion(error, known);
    log.errorAtKey(cursor, `Nothing in here raises "${error}", so this handler would never run.${hint}`);
  }
}

/** May this error end up with a handler of that name? */
export function mayBeCaughtBy(error: string, raised: Raised): boolean {
  return isCaughtBy(error, raised) || (raised.kind === 'unnamed' && !isEngineError(error));
}
