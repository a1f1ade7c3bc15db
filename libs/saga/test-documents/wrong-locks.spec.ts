import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'nothing to lock',
    text: sagaOf('  - { lock: slot, lease: 4h }'),
    says: [
      '5:5: error: `resource` is missing: say what is locked, such as `resource: delivery-slot/${ input.slot }`.',
    ],
  },
  {
    name: 'another conflict',
    text: sagaOf('  - { lock: slot, resource: dock, conflict: steal }'),
    says: ['5:45: error: Expected one of `wait`, `refuse`, `takeOver`, and this is "steal".'],
  },
  {
    name: 'a lease of nothing',
    text: sagaOf('  - { lock: slot, resource: dock, lease: long }'),
    says: ['5:42: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "long".'],
  },
  {
    name: 'a resource that is not there',
    text: sagaOf("  - { lock: slot, resource: 'dock/${ steps.dock.output.id }' }"),
    says: ['5:38: error: There is no block "dock".'],
  },
  {
    name: 'a handler that comes too early',
    text: sagaOf('  - { lock: slot, resource: dock, catch: { lock-lost: { do: [] } } }'),
    says: [
      '5:44: error: A lock is lost while the blocks behind it run. Catch `lock-lost` at a group around them, or at the saga.',
    ],
  },
];

describe('a lock with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
