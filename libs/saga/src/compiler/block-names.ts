import { blockOf } from '../blocks/registered-blocks.js';
import { at, entriesOf, itemsOf, longForm, type Cursor } from '../document/cursor.js';
import type { NamedBlock } from './flow.js';

/** All blocks in a list that are visible behind it, whatever the nesting. */
export function namesIn(list: Cursor | undefined): readonly NamedBlock[] {
  return itemsOf(list).flatMap((block) => {
    const { isNamed, head, more } = blockOf(block);
    const own = isNamed ? [{ name: String(at(block, head)!.value), ...(more && { more }) }] : [];
    return [...own, ...namesInside(block), ...handlerNames(at(block, 'catch')), ...namesIn(undoList(block))];
  });
}

/** The blocks inside a block, without those of its handlers, that are visible behind it. */
export function namesInside(block: Cursor): readonly NamedBlock[] {
  const { isLoop, bodies } = blockOf(block);
  return isLoop === true ? [] : bodies(block).flatMap(namesIn);
}

/** Blocks in the `do` of handlers. */
export function handlerNames(handlers: Cursor | undefined): readonly NamedBlock[] {
  return entriesOf(handlers).flatMap(([, handler]) => namesIn(at(longForm(handler, 'then'), 'do')));
}

/** Blocks that the handlers of a block may have made when it is tried again. */
export function retryNames(handlers: Cursor | undefined): readonly NamedBlock[] {
  return entriesOf(handlers).flatMap(([, handler]) =>
    at(handler, 'then')?.value === 'retry' ? namesIn(at(handler, 'do')) : [],
  );
}

/** Blocks that are visible inside a loop only, with the name of the innermost loop. */
export function loopNames(saga: Cursor): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (list: Cursor | undefined, loop: string | undefined): void => {
    for (const block of itemsOf(list)) {
      const kind = blockOf(block);
      const name = String(at(block, kind.head)!.value);
      if (kind.isNamed && loop !== undefined) found.set(name, loop);
      for (const body of kind.bodies(block)) visit(body, kind.isLoop === true ? name : loop);
      visitHandlers(at(block, 'catch'), loop);
      visit(undoList(block), loop);
    }
  };
  const visitHandlers = (handlers: Cursor | undefined, loop: string | undefined): void => {
    for (const [, handler] of entriesOf(handlers)) visit(at(longForm(handler, 'then'), 'do'), loop);
  };
  visit(at(saga, 'steps'), undefined);
  visitHandlers(at(saga, 'catch'), undefined);
  return found;
}

/** Every list of blocks inside a block: what it holds, its handlers, its listeners, and what undoes it. */
export function listsIn(block: Cursor): readonly Cursor[] {
  const lists = [...blockOf(block).bodies(block), ...outerListsIn(block), undoList(block)];
  return lists.filter((list) => list !== undefined);
}

/** The lists of blocks that a saga has as well: of its handlers and listeners. */
export function outerListsIn(cursor: Cursor): readonly Cursor[] {
  const handled = entriesOf(at(cursor, 'catch')).map(([, handler]) => at(longForm(handler, 'then'), 'do'));
  const heard = itemsOf(at(cursor, 'listen')).flatMap((each) => [at(each, 'do'), at(each, 'tooLate')]);
  return [...handled, ...heard].filter((list) => list !== undefined);
}

/** The blocks that undo a block, if blocks do it. */
export function undoList(block: Cursor): Cursor | undefined {
  const compensate = at(block, 'compensate');
  return compensate === undefined ? undefined : at(longForm(compensate, 'call'), 'do');
}
