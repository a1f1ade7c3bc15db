import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'a wait that nobody lives to see the end of',
    text: sagaOf(`  - wait: shipped
    for: 99999999d`),
    says: [
      '6:10: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "99999999d". Write 36500d at most.',
    ],
  },
  {
    name: 'an instant that is written bare',
    text: sagaOf(`  - wait: shipped
    until: 2026-03-01T12:00:00Z`),
    says: ["6:22: error: An instant is written timestamp('2026-03-01T12:00:00Z')."],
  },
  {
    name: 'an instant without a zone',
    text: sagaOf(`  - wait: shipped
    until: timestamp('2026-03-01T12:00:00')`),
    says: ['6:22: error: "2026-03-01T12:00:00" is no instant with a zone, such as 2026-03-01T12:00:00Z.'],
  },
  {
    name: 'a duration that is none',
    text: sagaOf(`  - wait: shipped
    until: now + duration('2 weeks')`),
    says: ['6:27: error: "2 weeks" is no duration; write 30s, 5m, 1h30m or 7d.'],
  },
  {
    name: 'a wait for nothing',
    text: sagaOf(`  - wait: shipped`),
    says: [
      '5:5: error: A wait needs one of `for: <duration>`, `until: <instant>`, `event: <event>` and `first: <list of cases>`.',
    ],
  },
  {
    name: 'a wait for two things',
    text: sagaOf(`  - wait: shipped
    for: 1d
    event: shop.parcel.shipped`),
    says: ['7:5: error: A wait has one of `for`, `until`, `event` and `first`. Keep `for` or `event`.'],
  },
  {
    name: 'a wait for time with a condition for events',
    text: sagaOf(`  - wait: shipped
    for: 1d
    match: data.ok`),
    says: ['7:5: error: A wait for time knows no `match`. Leave it out, or wait for an `event`.'],
  },
  {
    name: 'a condition beside cases',
    text: sagaOf(`  - wait: answer
    match: data.ok
    first:
      - { case: paid, event: shop.invoice.paid, do: [] }`),
    says: ['6:5: error: Each case under `first` has a `match` of its own. Move this one into the cases.'],
  },
  {
    name: 'a case that stands there twice',
    text: sagaOf(`  - wait: answer
    first:
      - { case: paid, event: shop.invoice.paid, do: [] }
      - { case: paid, event: shop.invoice.sent, do: [] }`),
    says: ['8:17: error: Case "paid" stands here twice. Give one of them another name.'],
  },
  {
    name: 'a case without anything to do',
    text: sagaOf(`  - wait: answer
    first:
      - { case: paid, event: shop.invoice.paid }`),
    says: ['7:9: error: `do` is missing: what to do then; `do: []` for nothing.'],
  },
  {
    name: 'a default that never comes',
    text: sagaOf(`  - wait: answer
    event: shop.invoice.paid
    default: { do: [] }`),
    says: [
      '7:5: error: Say when to go on without the event: `after: <duration>`, `events: <number>`, or both.',
    ],
  },
  {
    name: 'an event that the contract does not know',
    text: sagaOf(`  - wait: counted
    event: inventory.stock-countet`),
    contracts: true,
    says: [
      '6:12: error: No participant publishes the event "inventory.stock-countet". Did you mean "inventory.stock-counted"?',
    ],
  },
  {
    name: 'an event without a key',
    text: sagaOf(`  - wait: moved
    event: inventory.stock-moved`),
    contracts: true,
    says: [
      '6:12: error: "inventory.stock-moved" declares no key, so nobody can tell which saga it is meant for. Add `key: data.<field>` to it in its owner\'s contract.',
    ],
  },
  {
    name: 'a condition over a field that the event does not have',
    text: sagaOf(`  - wait: counted
    event: inventory.stock-counted
    match: data.amount > 0`),
    contracts: true,
    says: ['7:12: error: Data has no field "amount". Did you mean "count"?'],
  },
  {
    name: 'data of an event where there is none',
    text: sagaOf(`  - wait: counted
    event: inventory.stock-counted
    key: data.sku`),
    contracts: true,
    says: ['7:10: error: There is no "data" here. Did you mean "saga"?'],
  },
  {
    name: 'the output of an event that may not have come',
    text: sagaOf(`  - wait: counted
    event: inventory.stock-counted
    default: { after: 1d, do: [] }
  - set: count
    value: \${ steps.counted.output.count }`),
    contracts: true,
    says: ['9:15: error: This may not be there; say what counts then: … .orValue(<default>).'],
  },
];

describe('a wait that is wrong', () => {
  it.each(documents)('$name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
