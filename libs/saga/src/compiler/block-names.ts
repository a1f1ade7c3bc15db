import { blockOf } from '../blocks/registered-blocks.js';
import { at, entriesOf, itemsOf, longForm, type Cursor } from '../document/cursor.js';

/** Names of all blocks in a list, whatever the nesting. */
export function namesIn(list: Cursor | undefined): readonly string[] {
  return itemsOf(list).flatMap((block) => {
    const kind = blockOf(block);
    const own = kind.isNamed ? [String(at(block, kind.head)!.value)] : [];
    return [...own, ...namesInside(block), ...handlerNames(at(block, 'catch'))];
  });
}

/** Names of the blocks inside a block, without those of its handlers. */
export function namesInside(block: Cursor): readonly string[] {
  return blockOf(block).bodies(block).flatMap(namesIn);
}

/** Names of blocks in the `do` of handlers. */
export function handlerNames(handlers: Cursor | undefined): readonly string[] {
  return entriesOf(handlers).flatMap(([, handler]) => namesIn(at(longForm(handler, 'then'), 'do')));
}

/** Names that the handlers of a block may have made when it is tried again. */
export function retryNames(handlers: Cursor | undefined): readonly string[] {
  return entriesOf(handlers).flatMap(([, handler]) =>
    at(handler, 'then')?.value === 'retry' ? namesIn(at(handler, 'do')) : [],
  );
}
