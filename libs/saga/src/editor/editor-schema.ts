import { BLOCKS_BY_HEAD } from '../blocks/registered-blocks.js';
import { fieldsOf } from '../compiler/check-block.js';
import { DOCUMENT_SHAPES } from '../compiler/document-shapes.js';
import type { JsonObject } from '../json.js';
import { NOT_SUPPORTED } from '../not-supported.js';
import { recordSchema } from '../shape/container-shapes.js';
import type { Fields } from '../shape/shape.js';
import type { KnownNames } from './known-names.js';
import { withKnownNames } from './name-schemas.js';

/**
 * The JSON Schema (draft 7) by which editors complete and check definitions; with `known`, names are completed too.
 *
 * A block is one map with every head among its properties, and one `if … then` a head. Alternatives by
 * `oneOf` would say the same, but editors offer only the first of them, or the keys of all of them mixed.
 */
export function editorSchema(known?: KnownNames): JsonObject {
  const blocks = [...BLOCKS_BY_HEAD.values()].map((block) => ({ head: block.head, fields: fieldsOf(block) }));
  const documents = Object.entries(DOCUMENT_SHAPES).map(([head, { fields }]) => ({ head, fields }));
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Skald definitions',
    description: 'Sagas, and the participants and the namespace they are written against.',
    ...byHead(documents, NOT_SUPPORTED.documents),
    $defs: {
      block: byHead(blocks, NOT_SUPPORTED.heads),
      ...Object.fromEntries(
        [...documents, ...blocks].map(({ head, fields }) => [defName(head, fields), withHead(head, fields)]),
      ),
    },
  };
  return withKnownNames(schema, known);
}

interface Kind {
  readonly head: string;
  readonly fields: Fields;
}

/** A map whose kind is said by one of several keys. */
function byHead(kinds: readonly Kind[], later: readonly string[]): JsonObject {
  const known = kinds.map(({ head, fields }) => [head, { description: fields[head]!.doc }] as const);
  const refused = later.map(
    (head) => [head, { description: 'Not supported by this version yet.', not: {} }] as const,
  );
  const hasHead = { anyOf: kinds.map(({ head }) => ({ required: [head] })) };
  return {
    type: 'object',
    properties: Object.fromEntries([...known, ...refused]),
    allOf: [
      ...kinds.map(({ head, fields }) => ({
        if: { type: 'object', required: [head] },
        then: { $ref: `#/$defs/${defName(head, fields)}` },
      })),
      { if: { not: hasHead }, then: false },
    ],
  };
}

function defName(head: string, fields: Fields): string {
  // A later version has `saga` as a document and as a block.
  return Object.values(DOCUMENT_SHAPES).some((document) => document.fields === fields)
    ? `${head}-document`
    : `${head}-block`;
}

function withHead(head: string, fields: Fields): JsonObject {
  const schema = recordSchema(fields);
  const required = (schema['required'] ?? []) as readonly string[];
  return { ...schema, required: [head, ...required] };
}
