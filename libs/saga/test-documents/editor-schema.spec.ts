import { describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseDocuments } from '../src/document/parse-documents.js';
import { editorSchema } from '../src/editor/editor-schema.js';
import { languageReference } from '../src/editor/language-reference.js';
import { exampleSources } from './example-sagas.fixture.js';
import { SAGA } from './wrong-document.js';

const PATH = 'libs/saga/schema/skald.schema.json';
const validate = new Ajv({ strict: false, allErrors: true }).compile(editorSchema());

if (process.env['SKALD_WRITE_SCHEMA'] === '1') {
  writeFileSync(PATH, `${JSON.stringify(editorSchema(), null, 2)}\n`);
  writeFileSync('libs/saga/REFERENCE.md', languageReference());
}

describe('the schema for editors', () => {
  it('is the one in the file; SKALD_WRITE_SCHEMA=1 writes it', () => {
    expect(JSON.parse(readFileSync(PATH, 'utf8'))).toEqual(editorSchema());
  });

  it('offers all sixteen heads of a block beside each other', () => {
    const { block } = editorSchema()['$defs'] as unknown as { block: { properties: object } };

    expect(Object.keys(block.properties).sort()).toEqual(
      'choice decide emit end forEach group include lock parallel raise repeat saga set step task wait'.split(
        ' ',
      ),
    );
  });

  it('uses no oneOf', () => {
    expect(JSON.stringify(editorSchema())).not.toContain('oneOf');
  });

  it.each(exampleSources)('accepts $file', ({ file, text }) => {
    const { documents } = parseDocuments(text, file);

    expect(documents.map(({ data }) => (validate(data) ? [] : validate.errors))).toEqual(
      documents.map(() => []),
    );
  });

  it.each([
    ['no head', 'version: 1\n'],
    ['no steps', SAGA],
    ['an unknown key', `${SAGA}stepps: []\nsteps: []\n`],
    ['a kind of document of a later version', 'release: order\n'],
    ['a block without a head', `${SAGA}steps: [{ call: payment.charge }]\n`],
    ['a block of a later version', `${SAGA}steps: [{ lock: approve }]\n`],
    ['a step without a command', `${SAGA}steps: [{ step: pay }]\n`],
    ['a key of another block', `${SAGA}steps: [{ step: pay, call: payment.charge, branches: {} }]\n`],
    ['a command without a participant', `${SAGA}steps: [{ step: pay, call: charge }]\n`],
    ['a name in kebab-case', `${SAGA}steps: [{ step: charge-card, call: payment.charge }]\n`],
    ['a duration in words', `${SAGA}timeout: half an hour\nsteps: []\n`],
    ['a choice without an else', `${SAGA}steps: [{ choice: way, cases: [] }]\n`],
    [
      'a mistake deep inside',
      `${SAGA}steps: [{ group: one, do: [{ parallel: two, branches: { left: [{ wait: three, fr: 1h }] } }] }]\n`,
    ],
    [
      'a mistake in a handler',
      `${SAGA}steps: [{ group: one, do: [], catch: { failed: { do: [{ set: two }] } } }]\n`,
    ],
  ])('rejects %s', (_, text) => {
    expect(parseDocuments(text, 'wrong.yaml').documents.map(({ data }) => validate(data))).toEqual([false]);
  });
});
