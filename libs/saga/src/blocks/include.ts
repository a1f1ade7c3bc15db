import type { BlockCompiler } from '../compiler/block-compiler.js';
import { withName, type Compiled, type Flow } from '../compiler/flow.js';
import { checkedParams, checkGiven, readParams } from '../compiler/fragment-params.js';
import { at, type Cursor } from '../document/cursor.js';
import { classesOf, withClasses } from '../expression/field-classes.js';
import { ANY, NULL, storedType, type RecordType, type StaticType } from '../expression/static-type.js';
import type { Node } from '../node.js';
import { naming } from '../shape/known-names.js';
import { TEMPLATE_MAP, camelCase, kebabCase, wholeNumber } from '../shape/scalar-shapes.js';
import { noBodies, type Block, type BlockSource } from './block.js';

/** Runs the blocks of a fragment. */
export const include: Block = {
  head: 'include',
  doc: 'Runs the blocks of a fragment, which sees its params only.',
  example: '{ include: tellCustomer, fragment: notify, with: { text: Thank you } }',
  name: camelCase('the name of a block'),
  isNamed: true,
  inherits: { keys: ['timeout'] },
  isScope: true,
  holdsBlocks: true,
  fields: {
    fragment: {
      shape: naming('fragment', kebabCase('the name of a fragment')),
      doc: 'The fragment; the newest version when the saga starts.',
      required: 'name the fragment.',
    },
    version: { shape: wholeNumber(1), doc: 'A version to stay with, whatever is published later.' },
    with: { shape: TEMPLATE_MAP, doc: 'The params of the fragment by name.' },
  },
  bodies: noBodies,
  compile: compileInclude,
};

function compileInclude(source: BlockSource, flow: Flow, compiler: BlockCompiler): Compiled {
  const { cursor, name, id } = source;
  const { log, files } = compiler;
  const fragment = compiler.fragmentAt(cursor, name);
  if (fragment === undefined) return nothing(source, flow);
  const params = readParams(fragment, files);
  const written = at(cursor, 'with');
  const given = written === undefined ? undefined : compiler.template(written, compiler.placeAt(flow));
  checkGiven(cursor, given, params, log);
  const step = `${name}.params`;
  const type = classedLike(params.type, given?.type);
  const inside = compiler.inFragment({ cursor, prefix: `${name}.`, params: { type, step } });
  const { locals: _, ...unlooped } = flow;
  const body = inside.compileList(at(fragment, 'steps'), `${id}.steps`, { ...unlooped, inside: name });
  const output = outputOf(fragment, body.after, inside);
  const evaluate = checkedParams(given?.evaluate ?? (() => ({})), params, fragment, files, log);
  const calc: Node = { kind: 'calc', id: step, block: step, value: evaluate };
  const hasParams = at(fragment, 'params') !== undefined;
  return {
    node: {
      kind: 'scope',
      id,
      block: name,
      child: hasParams ? { kind: 'seq', id: `${id}.body`, children: [calc, body.node] } : body.node,
      handlers: {},
      ...(output === undefined ? {} : { output: output.evaluate }),
    },
    after: after(source, flow, body.after, output === undefined ? NULL : storedType(output.type)),
    raises: [
      ...body.raises,
      ...(hasParams || output !== undefined
        ? [{ error: 'invalid', kind: 'engine', pivot: flow.pivot, block: name, cursor } as const]
        : []),
    ],
    isUndoable: body.isUndoable,
  };
}

/** Params are classed like what is given for them. */
function classedLike(params: RecordType, given: StaticType | undefined): RecordType {
  if (given?.kind !== 'record') return params;
  const fields = Object.entries(params.fields).map(
    ([param, type]) => [param, withClasses(type, classesOf(given.fields[param] ?? ANY))] as const,
  );
  return { ...params, fields: Object.fromEntries(fields) };
}

function outputOf(fragment: Cursor, end: Flow | undefined, inside: BlockCompiler) {
  const written = at(fragment, 'output');
  return written === undefined || end === undefined
    ? undefined
    : inside.template(written, inside.placeAt(end));
}

/** Outside, only the output of a fragment is seen. */
function after(
  { name }: BlockSource,
  flow: Flow,
  end: Flow | undefined,
  output: Parameters<typeof withName>[2],
): Flow | undefined {
  return end === undefined ? undefined : withName({ ...flow, pivot: end.pivot }, name, output);
}

function nothing({ name, id }: BlockSource, flow: Flow): Compiled {
  return {
    node: {
      kind: 'scope',
      id,
      block: name,
      child: { kind: 'seq', id: `${id}.steps`, children: [] },
      handlers: {},
    },
    after: withName(flow, name, ANY),
    raises: [],
    isUndoable: false,
  };
}
