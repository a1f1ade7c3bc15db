import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Block } from '../src/blocks/block.js';
import { nestingOfBlocks } from '../src/blocks/nesting.js';
import { BLOCKS_BY_HEAD } from '../src/blocks/registered-blocks.js';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { editorSchema } from '../src/editor/editor-schema.js';
import { languageReference } from '../src/editor/language-reference.js';
import { announce } from './announce.fixture.js';
import { run } from './running-saga.js';
import { errorsOf, sagaOf } from './wrong-document.js';

const registered = BLOCKS_BY_HEAD as Map<string, Block>;

const ANNOUNCED = sagaOf(`  - step: change
    call: prices.change
    compensate: prices.restore
  - announce: newPrice
    event: shop.price.announced
    with: { price: '\${ input.price }' }
    for: 2h
    if: input.price > 0
    catch: { timed-out: { undo: false, do: [] } }
    timeout: 1d
  - set: waited
    value: \${ has(steps.newPrice) }`);

function ran(price: number) {
  const { programs, problems } = compileDefinitions([{ file: 'prices.yaml', text: ANNOUNCED }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return run(programs[0]!, { orderId: 'o1', price });
}

describe('a seventeenth block', () => {
  beforeAll(() => void registered.set(announce.head, announce));
  afterAll(() => void registered.delete(announce.head));

  it('runs once it is registered', () => {
    const { told, steps, finish } = ran(7);

    expect(told).toEqual(['shop.price.announced']);
    expect(steps['newPrice']!.endedAt - steps['newPrice']!.startedAt).toBe(7_200_000);
    expect(finish?.status).toBe('completed');
  });

  it('has the keys of every block', () => {
    expect(ran(0)).toMatchObject({ told: [], steps: { waited: { output: false } } });
  });

  it('is checked like any other', () => {
    const text = sagaOf('  - { announce: newPrice, evnt: shop.price.announced, with: {}, for: soon }');

    expect(errorsOf({ name: 'wrong', text, says: [] })).toEqual([
      '5:5: error: `event` is missing: name the event that announces it.',
      '5:27: error: An announce has no key `evnt`. Did you mean "event"?',
      '5:70: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "soon".',
    ]);
  });

  it('is offered by editors and explained by the reference', () => {
    const { block } = editorSchema()['$defs'] as unknown as { block: { properties: object } };

    expect(Object.keys(block.properties)).toContain('announce');
    expect(languageReference()).toContain(`- ${announce.example}`);
  });

  it('is one of the kinds that are to be nested in others', () => {
    expect(nestingOfBlocks().inner).toContain('announce');
  });

  it('stands in the README as it stands here', () => {
    const readme = readFileSync('libs/saga/src/blocks/README.md', 'utf8');
    const file = readFileSync('libs/saga/test-documents/announce.fixture.ts', 'utf8');
    const beside = file.replaceAll("'../src/blocks/", "'./").replaceAll("'../src/", "'../");

    expect(readme).toContain(`\`\`\`ts\n${beside}\`\`\``);
  });
});

describe('a block that is not registered', () => {
  it('is not known', () => {
    expect(compileDefinitions([{ file: 'prices.yaml', text: ANNOUNCED }]).programs).toEqual([]);
  });
});
