import { describe, expect, it } from '@jest/globals';
import { errorsOf, SAGA, sagaOf, type WrongDocument } from './wrong-document.js';

const listening = (listener: string): string =>
  sagaOf(`  - step: pay
    call: payment.charge
    compensate: payment.refund
    listen:
      - ${listener}`);

const documents: readonly WrongDocument[] = [
  {
    name: 'a listener that does nothing',
    text: listening('{ event: shop.order.cancelled }'),
    says: [
      '9:9: error: Say what the event does: `raise: <error>` to interrupt, or `do: [...]` to run beside.',
    ],
  },
  {
    name: 'a listener that does both',
    text: listening('{ event: shop.order.cancelled, raise: cancelled-by-customer, do: [] }'),
    says: [
      '9:70: error: A listener either raises an error or runs blocks beside. What to do about the error stands under `catch`.',
    ],
  },
  {
    name: 'a listener that cannot come too late',
    text: listening('{ event: shop.order.cancelled, do: [], tooLate: [] }'),
    says: [
      '9:48: error: Only what interrupts can come too late. Leave `tooLate` out, or say `raise: <error>`.',
    ],
  },
  {
    name: 'a listener that raises an error of the engine',
    text: listening('{ event: shop.order.cancelled, raise: cancelled }'),
    says: ['9:47: error: "cancelled" is raised by the engine alone. Choose a name of your own.'],
  },
  {
    name: 'a listener for an event that nobody publishes',
    text: listening('{ event: inventory.stock-countet, raise: gone }'),
    contracts: true,
    says: [
      '9:18: error: No participant publishes the event "inventory.stock-countet". Did you mean "inventory.stock-counted"?',
    ],
  },
  {
    name: 'an interruption behind the pivot',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
  - step: pack
    call: warehouse.pack
    listen: [{ event: shop.order.cancelled, raise: gone }]`),
    says: [
      '10:45: error: Behind the pivot nothing can be interrupted: this would always come too late. Use `do` instead of `raise`.',
    ],
  },
  {
    name: 'an interruption of a saga that only goes forward',
    text: `${SAGA}pivot: start
listen: [{ event: shop.order.cancelled, raise: gone }]
steps: [{ step: pack, call: warehouse.pack }]`,
    says: [
      '5:41: error: Behind the pivot nothing can be interrupted: this would always come too late. Use `do` instead of `raise`.',
    ],
  },
  {
    name: 'a pivot in the blocks of a listener',
    text: listening('{ event: shop.order.moved, do: [{ step: move, call: warehouse.move, pivot: true }] }'),
    says: [
      '9:77: error: No pivot can stand inside the blocks of a listener: what runs beside it could not be undone any more. Move step "move" behind it.',
    ],
  },
  {
    name: 'the result of a block that runs beside',
    text: `${sagaOf(`  - group: whole
    do: []
    listen: [{ event: shop.order.moved, do: [{ set: place, value: '\${ data.to }' }] }]
  - set: to
    value: \${ steps.place.output }`)}`,
    says: ['9:15: error: There is no block "place". Known here: whole.'],
  },
  {
    name: 'a name that a listener uses again',
    text: listening('{ event: shop.order.moved, do: [{ set: pay, value: 1 }] }'),
    says: ['9:48: error: Another block is called "pay". Give one of them another name.'],
  },
  {
    name: 'a handler for an error that a listener does not raise',
    text: `${SAGA}listen: [{ event: shop.order.cancelled, raise: cancelled-by-customer }]
catch: { canceled-by-customer: compensate }
steps: [{ set: one, value: 1 }]`,
    says: [
      '5:10: error: Nothing in here raises "canceled-by-customer", so this handler would never run. Did you mean "cancelled-by-customer"?',
    ],
  },
  {
    name: 'a toggle with a typo',
    text: `${SAGA}toggles: { agentTriage: { default: true } }
steps: [{ set: one, value: 1, toggle: agentTriag }]`,
    says: ['5:39: error: This saga has no toggle "agentTriag". Did you mean "agentTriage"?'],
  },
];

describe('a listener or a toggle that is wrong', () => {
  it.each(documents)('$name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
