import { at, entriesOf, isMap, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { didYouMean } from '../expression/did-you-mean.js';
import { textOr } from '../shape/container-shapes.js';
import { TEXT } from '../shape/scalar-shapes.js';

/** A JSON Schema: the name of its file, or the schema itself. */
export const JSON_SCHEMA = textOr(TEXT, {
  schema: { type: 'object' },
  check: (cursor, { log }) => {
    if (isMap(cursor.value)) warnOfKeywords(cursor, log);
    else log.error(cursor, 'expected the name of a JSON Schema file, or a JSON Schema.');
  },
});

const SCHEMAS_BY_NAME = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];

const SCHEMAS = [
  ...[
    'items',
    'additionalProperties',
    'unevaluatedProperties',
    'unevaluatedItems',
    'propertyNames',
    'contains',
  ],
  ...['not', 'if', 'then', 'else', 'allOf', 'anyOf', 'oneOf', 'prefixItems'],
];

const KEYWORDS = [
  ...SCHEMAS_BY_NAME,
  ...SCHEMAS,
  ...[
    '$id',
    '$ref',
    '$schema',
    '$anchor',
    '$comment',
    '$vocabulary',
    '$dynamicRef',
    '$dynamicAnchor',
    '$recursiveRef',
  ],
  ...[
    'type',
    'enum',
    'const',
    'required',
    'dependentRequired',
    'dependencies',
    'minProperties',
    'maxProperties',
  ],
  ...[
    'minimum',
    'maximum',
    'exclusiveMinimum',
    'exclusiveMaximum',
    'multipleOf',
    'minLength',
    'maxLength',
    'pattern',
  ],
  ...['minItems', 'maxItems', 'uniqueItems', 'minContains', 'maxContains', 'format', 'contentEncoding'],
  ...[
    'contentMediaType',
    'contentSchema',
    'title',
    'description',
    'default',
    'examples',
    'example',
    'deprecated',
  ],
  ...['readOnly', 'writeOnly', 'nullable', 'discriminator', 'additionalItems'],
];

/** A keyword with a typo would check nothing, and nobody would notice. */
function warnOfKeywords(schema: Cursor, log: ProblemLog): void {
  for (const [keyword, cursor] of entriesOf(schema)) {
    if (SCHEMAS_BY_NAME.includes(keyword))
      for (const [, each] of entriesOf(cursor)) warnOfKeywords(each, log);
    else if (SCHEMAS.includes(keyword))
      for (const each of [cursor, ...itemsOf(cursor)]) warnOfKeywords(each, log);
    else if (!KEYWORDS.includes(keyword) && !keyword.startsWith('x-'))
      log.warning(
        cursor,
        `JSON Schema knows no keyword \`${keyword}\`, so nothing is checked by it.${advice(schema, keyword)}`,
      );
  }
}

function advice(schema: Cursor, keyword: string): string {
  const meant = didYouMean(keyword, KEYWORDS);
  if (meant !== '' || at(schema, 'properties') !== undefined) return meant;
  return ` Fields stand under \`properties\`: { type: object, properties: { ${keyword}: { type: string } } }.`;
}
