import type { Block } from '../blocks/block.js';
import { COMMON_FIELDS } from '../blocks/common-fields.js';
import { BLOCKS_BY_HEAD } from '../blocks/registered-blocks.js';
import { DOCUMENT_SHAPES } from '../compiler/document-shapes.js';
import { ENGINE_ERRORS } from '../engine-errors.js';
import { NOT_SUPPORTED } from '../not-supported.js';
import { expressionReference } from './expression-reference.js';
import { keyTable } from './key-table.js';

/** The reference of the language in Markdown. All of it follows from what the compiler itself goes by. */
export function languageReference(): string {
  const blocks = [...BLOCKS_BY_HEAD.values()];
  return `${[
    '# Reference of the saga language',
    '',
    'Generated from the blocks and shapes that the compiler goes by; `SKALD_WRITE_SCHEMA=1 npx jest libs/saga/test-documents/editor-schema` writes it.',
    '',
    `[Documents](#documents) · [Blocks](#blocks): ${blocks.map(({ head }) => `[${head}](#${head.toLowerCase()})`).join(' ')} · [Keys of every block](#keys-of-every-block) · [Errors](#errors-of-the-engine) · [Expressions](#expressions)`,
    '',
    "A path such as `cases[].if` is a key of each item of a list, `branches.<name>` a key of the author's own. Where a map is expected, a text means its main key and a list its `do`.",
    ...section('## Documents', [
      'A document has one head, which says its kind and name. Several stand in one file with `---` between them.',
    ]),
    ...Object.entries(DOCUMENT_SHAPES).flatMap(([head, { fields }]) =>
      section(`### Document \`${head}\``, keyTable(fields)),
    ),
    ...section('## Blocks', ['A block is a map with one head, whose value is its name.']),
    ...blocks.flatMap(blockSection),
    ...section('## Keys of every block', keyTable(COMMON_FIELDS)),
    ...section('## Errors of the engine', [
      'Caught by their names; `rejected` also stands for any refusal of a participant that is not caught by its own.',
      '',
      ENGINE_ERRORS.map((error) => `\`${error}\``).join(', '),
    ]),
    ...section('## Expressions', expressionReference()),
    ...section('## Not supported yet', notSupported()),
  ].join('\n')}\n`;
}

function blockSection({ head, doc, example, fields, more = {} }: Block): readonly string[] {
  const results = Object.keys(more).map((name) => `\`.${name}\``);
  return [
    ...section(`### ${head}`, [doc, '', '```yaml', `- ${example}`, '```']),
    ...(Object.keys(fields).length === 0 ? [] : ['', ...keyTable(fields)]),
    ...(results.length === 0 ? [] : ['', `Its result also has ${results.join(', ')}.`]),
  ];
}

function notSupported(): readonly string[] {
  return Object.entries(NOT_SUPPORTED).flatMap(([where, words]) =>
    words.length === 0 ? [] : [`* ${where}: ${words.map((word) => `\`${word}\``).join(', ')}`],
  );
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return ['', title, '', ...lines];
}
