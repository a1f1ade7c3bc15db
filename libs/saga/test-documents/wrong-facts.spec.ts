import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const stock = `participant: wms
events: { wms.counted: { key: data.sku, schema: { type: object, properties: { sku: {}, count: { type: integer } }, additionalProperties: false } } }
facts: { wms.stock: { from: wms.counted, key: data.sku } }
---
`;

function withFacts(steps: string): string {
  return `${stock}${sagaOf(steps)}`;
}

const documents: readonly WrongDocument[] = [
  {
    name: 'a fact that nobody declares',
    text: withFacts(`  - set: seen
    requires: { stock: { fact: wms.stok, key: input.sku } }
    value: \${ facts.stock.value }`),
    says: [
      '10:32: error: Nobody declares the fact "wms.stok". Did you mean "wms.stock"? Its owner says in its contract which event tells it: `facts: { wms.stok: { from: <event>, key: data.<field> } }`.',
    ],
  },
  {
    name: 'a fact with two sources',
    text: `${stock}participant: counters
events: { counters.seen: { key: data.sku } }
facts: { wms.stock: { from: counters.seen, key: data.sku } }
---
${sagaOf('  - set: one\n    value: 1')}`,
    says: [
      '7:21: error: The fact "wms.stock" is told by "wms" already. A fact has one source: leave it to one of them, or give the other one a name of its own.',
    ],
  },
  {
    name: 'a fact about nobody',
    text: withFacts(`  - set: seen
    requires: { stock: { fact: wms.stock } }
    value: 1`),
    says: ['10:24: error: `key` is missing: whom it is about: `key: <expression>`.'],
  },
  {
    name: 'a fact that was not asked for',
    text: withFacts(`  - set: seen
    value: \${ facts.stock.value }`),
    says: [
      '10:15: error: There is no fact "stock" here. Ask for it at this block or around it: `requires: { stock: { fact: <fact>, key: <expression> } }`.',
    ],
  },
  {
    name: 'a fact behind the block that asked for it',
    text: withFacts(`  - set: seen
    requires: { stock: { fact: wms.stock, key: input.sku } }
    value: \${ facts.stock.value }
  - set: again
    value: \${ facts.stock.value }`),
    says: [
      '13:15: error: There is no fact "stock" here. Ask for it at this block or around it: `requires: { stock: { fact: <fact>, key: <expression> } }`.',
    ],
  },
  {
    name: 'facts without a name',
    text: withFacts(`  - set: seen
    requires: { stock: { fact: wms.stock, key: input.sku } }
    value: \${ facts }`),
    says: ['11:15: error: `facts` alone is no value; name one: facts.<name>.value.'],
  },
  {
    name: 'a part of a fact that it does not have',
    text: withFacts(`  - set: seen
    requires: { stock: { fact: wms.stock, key: input.sku } }
    value: \${ facts.stock.count }`),
    says: ['11:15: error: `facts.stock` has no field "count". Known here: age, asOf, value.'],
  },
  {
    name: 'a field that the value of a fact does not have',
    text: withFacts(`  - set: seen
    requires: { stock: { fact: wms.stock, key: input.sku } }
    value: \${ facts.stock.value.cuont }`),
    says: ['11:15: error: Data has no field "cuont". Did you mean "count"?'],
  },
  {
    name: 'a fact that is read as if it might not be there',
    text: withFacts(`  - set: seen
    requires: { stock: { fact: wms.stock, key: input.sku } }
    value: \${ facts.?stock.value.orValue(1) }`),
    says: [
      '11:15: error: A fact that is asked for is there, or the error `stale` is raised; write facts.stock.',
    ],
  },
  {
    name: 'a gate that reads a fact its trigger does not require',
    text: `${stock}saga: order
version: 1
key: input.orderId
triggers: [{ event: wms.counted, gates: { enough: facts.stock.value.count > 0 } }]
steps: []
`,
    says: [
      '8:51: error: There is no fact "stock" here. Ask for it at this block or around it: `requires: { stock: { fact: <fact>, key: <expression> } }`.',
    ],
  },
  {
    name: 'a fact that a person would have to wait for',
    text: `${stock}saga: order
version: 1
key: input.orderId
triggers: [{ person: clerk, requires: { stock: { fact: wms.stock, key: data.sku } } }]
steps: []
`,
    says: [
      '8:29: error: A trigger on `person` has no key `requires`. Known here: gates, link, person, with.',
    ],
  },
  {
    name: 'a condition on a fact that is none',
    text: withFacts(`  - set: seen
    requires: { stock: { fact: wms.stock, key: input.sku, holds: facts.stock.age } }
    value: 1`),
    says: ['10:66: error: A condition is true or false, and this is a duration.'],
  },
  {
    name: 'a condition on a fact at a trigger',
    text: `${stock}saga: order
version: 1
key: input.orderId
triggers: [{ event: wms.counted, requires: { stock: { fact: wms.stock, key: data.sku, holds: 'true' } } }]
steps: []
`,
    says: ['8:87: error: A required fact has no key `holds`. Known here: fact, fresh, key, wait.'],
  },
  {
    name: 'an error that requires something',
    text: withFacts(`  - raise: no-stock
    requires: { stock: { fact: wms.stock, key: input.sku } }`),
    says: ['10:5: error: `raise` asks nobody for anything. Write `requires` at the block around it.'],
  },
];

describe('a document about facts with a mistake', () => {
  it.each(documents)('$name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
