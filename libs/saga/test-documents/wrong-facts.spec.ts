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

function readBy(name: string, saga: string): string {
  return stock.replace('key: data.sku } }\n---', `key: data.sku, readBy: ${name} } }\n---`) + saga;
}

function reader({
  known = "known: { value: '${ input.key }' }",
  requires = '',
  key = 'input.key',
  input = '{ type: object, required: [key], properties: { key: { type: string } } }',
} = {}): string {
  const lines = [
    'saga: read-stock',
    'version: 1',
    `key: ${key}`,
    `input: ${input}`,
    known,
    requires,
    'steps: []',
  ];
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
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
    name: 'a fact with a source in several words',
    text:
      stock.replace('key: data.sku } }\n---', "key: data.sku, source: 'the warehouse' } }\n---") +
      sagaOf('  - set: one\n    value: 1'),
    says: ['3:65: error: Expected the `ce-source` of an event such as /wms, and this is "the warehouse".'],
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
  {
    name: 'a fact that is read by a saga nobody has written',
    text: readBy('read-stok', reader()),
    says: [
      '3:65: error: The saga "read-stok" is not among these documents, so nobody reads "wms.stock". Did you mean "read-stock"?',
    ],
  },
  {
    name: 'a fact that is read by a saga that finds nothing out',
    text: readBy('read-stock', reader({ known: '' })),
    says: [
      '3:65: error: The saga "read-stock" does not say what it has found out. Add `known: { value: <value>, asOf: <expression> }` to it.',
    ],
  },
  {
    name: 'a fact that is read by a saga that needs to know more',
    text: readBy('read-stock', reader({ input: '{ type: object, required: [key, warehouse] }' })),
    says: [
      '3:65: error: The saga "read-stock" needs `warehouse`, and whoever reads a fact is given `key` and no more. Let its input be `{ type: object, required: [key], properties: { key: {} } }`.',
    ],
  },
  {
    name: 'a fact that is read by a saga that takes something else',
    text: readBy(
      'read-stock',
      reader({
        key: 'input.sku',
        known: "known: { value: '${ input.sku }' }",
        input: '{ type: object, properties: { sku: {} }, additionalProperties: false }',
      }),
    ),
    says: [
      '3:65: error: The saga "read-stock" takes no `key`, and whoever reads a fact is given `key` and no more. Let its input be `{ type: object, required: [key], properties: { key: {} } }`.',
    ],
  },
  {
    name: 'a fact that has to be known to be read',
    text: readBy(
      'read-stock',
      reader({ requires: 'requires: { before: { fact: wms.stock, key: input.key } }' }),
    ),
    says: [
      '3:65: error: To read "wms.stock" one would have to know it: read-stock → wms.stock. Let none of these require it.',
    ],
  },
  {
    name: 'a saga that finds out no value',
    text: readBy('read-stock', reader({ known: 'known: { asOf: now }' })),
    says: ['9:8: error: `value` is missing: what is known now.'],
  },
  {
    name: 'a saga that finds out what is classed',
    text: readBy(
      'read-stock',
      reader({
        known: "known: { value: '${ input.?owner.orValue(input.key) }' }",
        input:
          '{ type: object, required: [key], properties: { key: { type: string }, owner: { type: string, x-class: personal } } }',
      }),
    ),
    says: [
      '9:17: error: Here this becomes known, classed "personal", and the fact "wms.stock" does not say so. Add `x-class: personal` to the schema of the event that tells it.',
    ],
  },
];

describe('a document about facts with a mistake', () => {
  it.each(documents)('$name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
