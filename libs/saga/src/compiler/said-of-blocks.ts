import type { BlockSource } from '../blocks/block.js';
import type { BlockWords, Worth } from '../block-words.js';
import { at, textAt, type Cursor } from '../document/cursor.js';
import type { Expression } from '../scope-values.js';
import type { BlockCompiler } from './block-compiler.js';
import { checkOpenlySeen } from './clearance.js';
import type { Flow } from './flow.js';

/** Keeps what is said of a block for people. What is classed must not be among it: anybody may read it. */
export function noteWords(
  { cursor, name }: BlockSource,
  flow: Flow,
  compiler: BlockCompiler,
  keys: readonly (keyof BlockWords)[] = ['title', 'status', 'owner', 'worth'],
): void {
  const [title, status] = (['title', 'status'] as const).map((key) =>
    keys.includes(key) ? textFor(at(cursor, key), key, flow, compiler) : undefined,
  );
  const owner = keys.includes('owner') ? textAt(cursor, 'owner') : undefined;
  const worth = keys.includes('worth')
    ? ((textAt(cursor, 'worth') as Worth | undefined) ?? compiler.words.get(flow.inside)?.worth)
    : undefined;
  if ([title, status, owner, worth].every((said) => said === undefined)) return;
  compiler.words.set(name, {
    ...(title !== undefined && { title }),
    ...(status !== undefined && { status }),
    ...(owner !== undefined && { owner }),
    ...(worth !== undefined && { worth }),
  });
}

function textFor(
  text: Cursor | undefined,
  key: string,
  flow: Flow,
  compiler: BlockCompiler,
): Expression | undefined {
  if (text === undefined) return undefined;
  const { type, evaluate } = compiler.template(text, compiler.placeAt(flow));
  checkOpenlySeen(text, type, `the ${key} of a block`, compiler.log);
  return evaluate;
}
