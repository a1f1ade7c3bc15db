import type { BlockCompiler } from '../compiler/block-compiler.js';
import type { Compiled, Flow } from '../compiler/flow.js';
import { at } from '../document/cursor.js';
import { storedType, type StaticType } from '../expression/static-type.js';
import type { Expression } from '../scope-values.js';
import type { BlockSource } from './block.js';

/** What happens each time in a loop. */
export interface Times {
  readonly body: Compiled;
  /** What each time gives; absent: nothing. */
  readonly output?: Expression;
  readonly type: StaticType;
}

/** Compiles the blocks of a loop, and what each time gives: what it says itself, or the output of its last block. */
export function compileTimes(
  { cursor, name, id }: BlockSource,
  inside: Flow,
  compiler: BlockCompiler,
): Times {
  const body = compiler.compileList(at(cursor, 'do'), `${id}.do`, inside);
  const written = at(cursor, 'output');
  if (written !== undefined) {
    const { type, evaluate } = compiler.template(written, compiler.placeAt(body.after ?? inside));
    return { body, output: evaluate, type: storedType(type) };
  }
  const { last } = body;
  const visible = last === undefined ? undefined : body.after?.names.get(last);
  if (last === undefined || visible === undefined || visible.output.kind === 'null')
    return {
      body,
      type: {
        kind: 'refused',
        why: `"${name}" has no output, for its last block leaves none; say \`output: …\` in it`,
      },
    };
  const { output, isSure } = visible;
  return {
    body,
    output: ({ steps }) => steps[last]?.output ?? null,
    type: isSure || output.kind === 'optional' ? output : { kind: 'optional', of: output },
  };
}
