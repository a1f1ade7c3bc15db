import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'a confirmation that may take for ever',
    text: sagaOf(`  - step: pick
    call: wms.pick
    pivot: true
    confirm: { event: wms.pallet-scanned }`),
    says: ['8:14: error: `within` is missing: how long after the answer the event may come, such as 10m.'],
  },
  {
    name: 'a confirmation by nothing',
    text: sagaOf(`  - step: pick
    call: wms.pick
    pivot: true
    confirm: { within: 10m }`),
    says: ['8:14: error: `event` is missing: name the event that confirms it.'],
  },
  {
    name: 'a confirmation of what changes nothing',
    contracts: true,
    text: sagaOf(`  - step: count
    call: inventory.count
    confirm: { event: inventory.stock-counted, within: 10m }
    catch: { unknown-article: continue }`),
    says: [
      '7:5: error: "inventory.count" has no effect, so there is nothing that an event could confirm. Leave `confirm` out of step "count".',
    ],
  },
  {
    name: 'a confirmation by an event without a key',
    contracts: true,
    text: sagaOf(`  - step: note
    call: inventory.note
    pivot: true
    confirm: { event: inventory.stock-moved, within: 10m }`),
    says: [
      '8:23: error: "inventory.stock-moved" declares no key, so nobody can tell which saga it is meant for. Add `key: data.<field>` to it in its owner\'s contract.',
    ],
  },
  {
    name: 'a confirmation that matches what the event does not say',
    contracts: true,
    text: sagaOf(`  - step: note
    call: inventory.note
    pivot: true
    confirm: { event: inventory.stock-counted, match: data.pallet == 1, within: 10m }`),
    says: ['8:55: error: Data has no field "pallet". Known here: count, sku.'],
  },
  {
    name: 'freshness of answers that do not say when they were true',
    contracts: true,
    text: sagaOf(`  - step: count
    call: inventory.count
    fresh: 15m
    catch: { unknown-article: continue }`),
    says: [
      '7:5: error: Nobody knows when an answer to step "count" was true. Say it in the contract of "inventory.count": `asOf: data.<field>`.',
    ],
  },
  {
    name: 'freshness that is no duration',
    text: sagaOf(`  - step: count
    call: inventory.count
    pivot: true
    fresh: soon`),
    says: ['8:12: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "soon".'],
  },
];

describe('a document about doubt with a mistake', () => {
  it.each(documents)('$name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
