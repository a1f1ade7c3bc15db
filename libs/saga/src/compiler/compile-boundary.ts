import { at, entriesOf, itemsOf, textAt, type Cursor } from '../document/cursor.js';
import { suggestion } from '../expression/did-you-mean.js';
import { ANY } from '../expression/static-type.js';
import type { BlockSource } from '../blocks/block.js';
import type { Listener, ScopeNode } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { joinedPivot, withUnsureNames, type Compiled, type Flow, type PivotSide } from './flow.js';
import { blockTimeoutMs } from './inheritance.js';
import { compileSubscription } from './subscriptions.js';

/** What can reach a block from outside while it is open. */
export interface Boundary {
  readonly parts: Pick<ScopeNode, 'timeoutMs' | 'listeners' | 'toggle'>;
  /** The body, with the errors that may come out of the block because of it. */
  readonly body: Compiled;
}

/** What stands around a block, for listeners. */
export interface Surroundings {
  readonly flow: Flow;
  /** Names of the blocks inside. */
  readonly names: Parameters<typeof withUnsureNames>[1];
  /** The block's time limit, where it is one. */
  readonly timeout: Cursor | undefined;
}

/** Compiles a block's `timeout`, `toggle` and `listen`; `undefined` when it has none of them. */
export function compileBoundary(
  source: BlockSource,
  body: Compiled,
  around: Surroundings,
  compiler: BlockCompiler,
): Boundary | undefined {
  const { cursor, name } = source;
  const { timeout } = around;
  const toggle = at(cursor, 'toggle');
  const listen = at(cursor, 'listen');
  if (timeout === undefined && toggle === undefined && listen === undefined) return undefined;
  if (toggle !== undefined) checkToggle(toggle, compiler);
  const timeoutMs = timeout && blockTimeoutMs(timeout);
  const pivot = anySide(body);
  const listeners = itemsOf(listen).map((each, index) =>
    compileListener(each, index, source, around, pivot, compiler),
  );
  const engine = (error: string, at: Cursor) => ({
    error,
    kind: 'engine' as const,
    pivot,
    block: name,
    cursor: at,
  });
  return {
    parts: {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(toggle !== undefined && { toggle: String(toggle.value) }),
      ...(listeners.length > 0 && { listeners: listeners.map(({ listener }) => listener) }),
    },
    body: {
      ...body,
      raises: [
        ...body.raises,
        ...(timeout === undefined ? [] : [engine('timed-out', timeout)]),
        ...(toggle === undefined ? [] : [engine('switched-off', toggle)]),
        ...listeners.flatMap(({ raises }) => raises),
      ],
      isUndoable: body.isUndoable || listeners.some(({ isUndoable }) => isUndoable),
    },
  };
}

function compileListener(
  cursor: Cursor,
  index: number,
  { name, id }: BlockSource,
  { flow, names }: Surroundings,
  pivot: PivotSide,
  compiler: BlockCompiler,
): { readonly listener: Listener } & Pick<Compiled, 'raises' | 'isUndoable'> {
  const block = `${name}.listen${index + 1}`;
  compiler.kinds.set(block, 'listen');
  const { subscription, data } = compileSubscription(cursor, flow, compiler);
  const raise = textAt(cursor, 'raise');
  const list = at(cursor, raise === undefined ? 'do' : 'tooLate');
  if (raise !== undefined && flow.pivot === 'behind')
    compiler.log.errorAtKey(
      at(cursor, 'raise')!,
      'Behind the pivot nothing can be interrupted: this would always come too late. Use `do` instead of `raise`.',
    );
  const inside: Flow = {
    ...withUnsureNames(flow, names),
    pivot: raise === undefined ? pivot : 'behind',
    noPivotIn: 'the blocks of a listener: what runs beside it could not be undone any more',
    roots: { ...flow.roots, data, event: ANY },
  };
  const done = list && compiler.compileList(list, `${id}:listen${index + 1}`, inside);
  const listener: Listener = {
    ask: {
      kind: 'ask',
      channel: 'event',
      id: `${id}:listen${index + 1}.event`,
      block,
      subscriptions: [subscription],
    },
    ...(raise !== undefined && { raise }),
    ...(done && { child: done.node }),
  };
  const own =
    raise === undefined
      ? []
      : [{ error: raise, kind: 'business' as const, pivot: 'before' as const, block: name, cursor }];
  return { listener, raises: [...own, ...(done?.raises ?? [])], isUndoable: done?.isUndoable ?? false };
}

/** It may happen at any time while the body runs. */
function anySide(body: Compiled): PivotSide {
  return joinedPivot([
    ...body.raises.map((raised) => raised.pivot),
    ...(body.after === undefined ? [] : [body.after.pivot]),
  ]);
}

function checkToggle(toggle: Cursor, { inheritance, log }: BlockCompiler): void {
  const known = entriesOf(at(inheritance.saga, 'toggles')).map(([name]) => name);
  const name = String(toggle.value);
  if (known.includes(name)) return;
  const advice =
    known.length === 0
      ? ` Declare it for the saga: \`toggles: { ${name}: { default: true } }\`.`
      : suggestion(name, known);
  log.error(toggle, `This saga has no toggle "${name}".${advice}`);
}
