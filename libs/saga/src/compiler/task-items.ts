import type { TaskItem } from '../beside/task.js';
import { at, textAt, type Cursor } from '../document/cursor.js';
import { ExpressionError } from '../expression/expression-error.js';
import type { Place } from '../expression/place.js';
import { shown } from '../expression/runtime-value.js';
import { ANY } from '../expression/static-type.js';
import type { Json } from '../json.js';
import type { Expression, Values } from '../scope-values.js';
import type { BlockCompiler } from './block-compiler.js';

/** Compiles the items of a task, each with its key and with what people see of it; `undefined` for a task without. */
export function compileItems(
  task: Cursor,
  place: Place,
  compiler: BlockCompiler,
): ((values: Values) => readonly TaskItem[]) | undefined {
  const over = at(task, 'items');
  if (over === undefined) return undefined;
  const list = compiler.value(over, place);
  const name = textAt(task, 'as') ?? 'item';
  const inside: Place = { ...place, locals: new Map(place.locals).set(name, ANY) };
  const [key, show] = [at(task, 'key'), at(task, 'show')];
  const keyed = key === undefined ? undefined : compiler.value(key, inside);
  const seen = show === undefined ? undefined : compiler.template(show, inside).evaluate;
  return (values) =>
    unique(
      listOf(list(values)).map((item, index) => {
        const own = { ...values, locals: { ...values.locals, [name]: item } };
        return {
          key: keyed === undefined ? String(index) : keyText(keyed, own),
          item,
          ...(seen === undefined ? {} : { show: seen(own) }),
        };
      }),
    );
}

function listOf(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value as readonly Json[];
  throw new ExpressionError(`\`items\` is a list, and this is ${shown(value)}`);
}

function keyText(key: Expression, values: Values): string {
  const value = key(values);
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new ExpressionError(`the key of an item is a text or a number, and this is ${shown(value)}`);
}

function unique(items: readonly TaskItem[]): readonly TaskItem[] {
  if (new Set(items.map(({ key }) => key)).size === items.length) return items;
  throw new ExpressionError('two items have the same key, so nobody could say which one is meant');
}
