import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';
import { runTests, type CaseReport } from '../src/trial/run-tests.js';

const documents = `participant: wms
events:
  wms.counted: { key: data.sku }
  wms.asked: { key: data.sku }
facts:
  wms.stock: { from: wms.counted, key: data.sku, source: /wms }
  wms.rumour: { from: wms.counted, key: data.sku }
---
saga: promise
version: 1
key: input.sku
triggers:
  - event: wms.asked
    with: { sku: '\${ data.sku }', from: '\${ event.source }' }
steps:
  - set: asker
    value: \${ input.from }
  - set: promised
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m, wait: 5m } }
    value: \${ facts.stock.value.count }
    catch: { stale: { do: [{ end: not-known }] } }
  - set: rumour
    requires: { stock: { fact: wms.rumour, key: input.sku } }
    value: \${ facts.stock.value }
    catch: { stale: { output: none, then: continue } }
  - wait: asked
    event: wms.asked
    key: input.sku
    default: { after: 1h, do: [] }
  - set: askedBy
    value: \${ steps.?asked.output.from.orValue('nobody') }
---
saga: refill
version: 1
key: input.sku
triggers:
  - event: wms.asked
    requires: { stock: { fact: wms.stock, key: data.sku } }
    gates: { running-out: facts.stock.value.count < 3 }
steps:
  - set: refilled
    value: 1
---
`;

function compiled(cases: string, saga = 'promise') {
  const head = `tests: ${saga}\nversion: 1\ngiven:\n  start: { event: wms.asked, data: { sku: A } }\n  when: { wms.stock: { value: { count: 3 }, age: 1m } }\ncases:\n`;
  return compileDefinitions([
    { file: 'saga.yaml', text: documents },
    { file: 'tests.yaml', text: `${head}  - ${cases}\n` },
  ]);
}

function played(text: string, saga?: string): CaseReport {
  const { tests, problems } = compiled(text, saga);
  expect(problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([]);
  return runTests(tests[0]!).cases[0]!;
}

describe('a fact with a declared source, in a tests document', () => {
  it.each([
    [
      'is told by it where nothing else is said',
      '{ test: a, then: { outputs: { promised: 3 }, hearsay: { wms.stock: [] } } }',
    ],
    [
      'is told by it where that is said',
      '{ test: a, when: { wms.stock: { value: { count: 4 }, from: /wms } }, then: { outputs: { promised: 4 } } }',
    ],
    [
      'is not what somebody else says, who comes first',
      '{ test: a, when: { wms.stock: [{ value: { count: 9 }, from: /till }] }, then: { outputs: { promised: 3 }, hearsay: { wms.stock: [/till] } } }',
    ],
    [
      'is not known when only others speak of it',
      '{ test: a, when: { wms.stock: { value: { count: 9 }, from: /till } }, then: { result: not-known, paths: [promised.stale], hearsay: { wms.stock: [/till] } } }',
    ],
    [
      'is waited for while others speak of it',
      '{ test: a, when: { wms.stock: [{ value: { count: 9 }, from: /till, after: 1m }, { value: { count: 8 }, from: /scale }, { value: { count: 2 }, after: 1m }] }, then: { outputs: { promised: 2 }, hearsay: { wms.stock: [/till, /scale] } } }',
    ],
    [
      'is given up when it was waited for in vain',
      '{ test: a, when: { wms.stock: { fact: stale } }, then: { result: not-known, after: 5m } }',
    ],
    [
      'is no use when it comes too late',
      '{ test: a, when: { wms.stock: { value: { count: 2 }, after: 6m } }, then: { result: not-known, after: 5m } }',
    ],
  ])('%s', (_what, text) => {
    expect(played(text)).toMatchObject({ mismatches: [] });
  });

  it('counts whoever says it where no source is declared', () => {
    const text =
      '{ test: a, when: { wms.rumour: { value: 7, from: /till } }, then: { outputs: { rumour: 7 } } }';

    expect(played(text)).toMatchObject({ mismatches: [] });
  });

  it('says in the story whose word does not count', () => {
    const { timeline, mismatches } = played(
      '{ test: a, when: { wms.stock: [{ value: { count: 9 }, from: /till }] }, then: { hearsay: { wms.stock: [] } } }',
    );

    expect(mismatches).toMatchObject([{ key: 'hearsay', actual: { 'wms.stock': ['/till'] } }]);
    expect(timeline).toContainEqual(
      expect.objectContaining({
        kind: 'noted',
        text: 'what /till says of wms.stock does not count',
        data: { count: 9 },
      }),
    );
  });

  it('decides a start in the same way', () => {
    const said =
      'when: { wms.stock: [{ value: { count: 1 }, from: /till }] }, then: { outcome: not-started, gates: [running-out], hearsay: { wms.stock: [/till] } }';

    expect(played(`{ test: a, ${said} }`, 'refill')).toMatchObject({ mismatches: [] });
  });
});

describe('an event in a tests document', () => {
  it('comes from where the document says', () => {
    const text =
      '{ test: a, given: { start: { from: /shop } }, when: { asked: { data: { from: x }, from: /app } }, then: { outputs: { asker: /shop, askedBy: x } } }';

    expect(played(text)).toMatchObject({ mismatches: [] });
  });
});

describe('a mistake about who says something', () => {
  it.each([
    [
      'hearsay of a fact that anybody may tell',
      '{ test: a, then: { hearsay: { wms.rumour: [] } } }',
      '7:35: error: The saga requires no fact "wms.rumour" that has a `source`. Known here: wms.stock.',
    ],
    [
      'a source in several words',
      '{ test: a, when: { wms.stock: { value: 1, from: the till } }, then: { outcome: completed } }',
      '7:53: error: Expected the `ce-source` of an event such as /wms, and this is "the till".',
    ],
  ])('%s', (_what, text, says) => {
    const { problems } = compiled(text);

    expect(problems.map((problem) => formatProblem(problem).replace(/^tests\.yaml:/, ''))).toContain(says);
  });
});
