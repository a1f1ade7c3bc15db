import type { BlockCompiler } from '../compiler/block-compiler.js';
import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { at, textAt } from '../document/cursor.js';
import { durationMs } from '../expression/duration.js';
import { NUMBER } from '../expression/static-type.js';
import type { Node } from '../node.js';
import { BLOCKS } from '../shape/container-shapes.js';
import { DURATION_TEXT, EXPRESSION, TEMPLATE, camelCase, wholeNumber } from '../shape/scalar-shapes.js';
import type { Block, BlockSource } from './block.js';
import { compileTimes } from './times.js';

/** Does the same again until a condition holds. */
export const repeat: Block = {
  head: 'repeat',
  doc: 'Does the same again until a condition holds, so many times at most; then the error `failed`.',
  example:
    "{ repeat: polling, until: steps.isReady.output, max: 10, every: 30s, do: [{ set: isReady, value: '${ index == 2 }' }] }",
  name: camelCase('the name of a block'),
  isNamed: true,
  inherits: { keys: ['timeout', 'every'] },
  isLoop: true,
  fields: {
    do: { shape: BLOCKS, doc: 'The blocks, one after the other.', required: 'the list of blocks.' },
    until: {
      shape: EXPRESSION,
      doc: 'Looked at behind each time; when it holds, that was the last one.',
      required: 'the condition that ends it, such as `until: steps.ask.output.ready`.',
    },
    max: {
      shape: wholeNumber(1),
      doc: 'How many times at most.',
      required: 'how many times at most; nothing is repeated for ever.',
    },
    every: { shape: DURATION_TEXT, doc: 'How long to wait before the next time.' },
    output: {
      shape: TEMPLATE,
      doc: 'What `steps.<repeat>.output` is, made of the last time; the output of its last block if nothing is said.',
    },
  },
  bodies: (block) => [at(block, 'do')].filter((list) => list !== undefined),
  compile: compileRepeat,
};

function compileRepeat(source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const { cursor, name, id } = source;
  const locals = new Map([...(flow.locals ?? []), ['index', NUMBER]] as const);
  const noPivotIn = `"${name}": it could succeed more than once`;
  const inside: Flow = { ...flow, locals, noPivotIn, inside: name };
  const { body, output, type } = compileTimes(source, inside, compiler);
  const until = at(cursor, 'until')!;
  if (body.after === undefined)
    compiler.log.error(
      until,
      `This is never looked at: what stands in "${name}" always ends or raises. Leave the \`repeat\` out.`,
    );
  const common = { kind: 'engine', pivot: flow.pivot, block: name, cursor: until } as const;
  return {
    node: {
      kind: 'loop',
      id,
      block: name,
      child: withPause(body.node, source),
      until: compiler.condition(until, compiler.placeAt(body.after ?? inside)),
      max: Number(at(cursor, 'max')!.value),
      ...(output !== undefined && { output }),
    },
    after: withName(flow, name, type),
    raises: [...body.raises, { ...common, error: 'failed' }, { ...common, error: 'invalid' }],
    isUndoable: body.isUndoable,
  };
}

/** Every time but the first begins with a rest. */
function withPause(body: Node, { cursor, name, id }: BlockSource): Node {
  const every = textAt(cursor, 'every');
  if (every === undefined) return body;
  const rest: Node = {
    kind: 'ask',
    channel: 'time',
    id: `${id}:rest`,
    block: name,
    wait: { forMs: durationMs(every) ?? 0 },
  };
  const pause: Node = {
    kind: 'pick',
    id: `${id}:every`,
    cases: [{ name: 'again', if: ({ locals }) => locals?.['index'] !== 0, child: rest }],
  };
  return { kind: 'seq', id: `${id}:time`, children: [pause, body] };
}
