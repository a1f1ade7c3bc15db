import { describe, expect, it } from '@jest/globals';
import { errorsOf, SAGA, type WrongDocument } from './wrong-document.js';

function trigger(text: string): string {
  return `${SAGA}triggers:\n  - ${text}\nsteps: []\n`;
}

const reused = 'saga: order\nversion: 1\nkey: { of: input.orderId, reuse: afterEnd }\n';

const documents: readonly WrongDocument[] = [
  {
    name: 'a trigger that is a word',
    text: trigger('shop.order.placed'),
    says: [
      '5:5: error: A trigger is a map that begins with one of event, schedule, webhook, person, saga, and this is a text.',
    ],
  },
  {
    name: 'a trigger without a head',
    text: trigger('{ gates: {} }'),
    says: ['5:5: error: A trigger begins with one of event, schedule, webhook, person, saga.'],
  },
  {
    name: 'a trigger whose head has a typo',
    text: trigger('{ events: shop.order.placed }'),
    says: [
      '5:5: error: A trigger begins with one of event, schedule, webhook, person, saga. Did you mean "event"?',
    ],
  },
  {
    name: 'a trigger with two heads',
    text: trigger('{ event: shop.order.placed, person: clerk }'),
    says: [
      '5:5: error: A trigger has one head, and this one has `event` and `person`. Begin a new one with "- ".',
    ],
  },
  {
    name: 'a person in a role that the namespace does not have',
    text: `${trigger('{ person: clrk }')}---\nnamespace: shop\nroles: { clerk: { authority: 1 } }\n`,
    says: ['5:15: error: The namespace has no role "clrk". Did you mean "clerk"?'],
  },
  {
    name: 'a trigger that stands twice',
    text: trigger(
      '{ event: shop.order.placed, gates: { big: data.total > 5 } }\n  - event: shop.order.placed',
    ),
    says: ['6:12: error: Another trigger is on `event: shop.order.placed`. Put what they accept into one.'],
  },
  {
    name: 'a key of another kind of trigger',
    text: trigger('{ schedule: 30 5 * * mon-sat, coalesce: 1s }'),
    says: [
      '5:35: error: A trigger on `schedule` has no key `coalesce`. Known here: gates, requires, schedule, with, zone.',
    ],
  },
  {
    name: 'a schedule with a missing field',
    text: trigger('schedule: 30 5 * mon-sat'),
    says: [
      '5:15: error: A schedule has five fields: minute, hour, day of the month, month, day of the week, such as 30 5 * * mon-sat; this has 4.',
    ],
  },
  {
    name: 'a schedule at an hour that does not exist',
    text: trigger('schedule: 30 25 * * *'),
    says: ['5:15: error: "25" is no hour: it is a number from 0 to 23.'],
  },
  {
    name: 'a zone nobody knows',
    text: trigger('{ schedule: 30 5 * * *, zone: Berlin }'),
    says: ['5:35: error: There is no zone "Berlin"; write a name such as Europe/Berlin, or UTC.'],
  },
  {
    name: 'a webhook without a secret',
    text: trigger('webhook: claims-intake'),
    says: [
      '5:5: error: `secret` is missing: the secret by which the sender signs, such as secret:claims-intake.',
    ],
  },
  {
    name: 'a secret in plain text',
    text: trigger('{ webhook: claims-intake, secret: hunter2 }'),
    says: [
      '5:39: error: Expected the name of a secret such as secret:claims-intake, never the secret itself, and this is "hunter2".',
    ],
  },
  {
    name: 'a saga that ends in another way than there are',
    text: trigger('{ saga: decide-claim, outcome: failed }'),
    says: ['5:36: error: Expected one of `completed`, `compensated`, `cancelled`, and this is "failed".'],
  },
  {
    name: 'a window in words',
    text: trigger('{ event: shop.order.placed, coalesce: a second }'),
    says: ['5:43: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "a second".'],
  },
  {
    name: 'a threshold without a number',
    text: trigger('{ event: stock.changed, threshold: { of: data.level } }'),
    says: ['5:40: error: `below` is missing: the number to fall below.'],
  },
  {
    name: 'a threshold of something that is no number',
    text: trigger('{ event: stock.changed, threshold: { of: data.level > 5, below: 10 } }'),
    says: ['5:46: error: A level is a number, and this is true or false.'],
  },
  {
    name: 'an echo that says nothing',
    text: trigger('{ event: stock.changed, echo: {} }'),
    says: [
      '5:35: error: `unless` is missing: when an event caused by an own command counts nevertheless, such as data.delay > 10.',
    ],
  },
  {
    name: 'a gate called like a reason of its own',
    text: trigger('{ event: stock.changed, gates: { echo: data.level > 5 } }'),
    says: [
      '5:38: error: "echo" is a reason of its own among those why nothing was started. Choose another name.',
    ],
  },
  {
    name: 'a gate over what an ended saga does not give',
    text: trigger('{ saga: decide-claim, gates: { big: data.amount > 5 } }'),
    says: ['5:41: error: `data` has no field "amount". Known here: input, outcome, result, saga.'],
  },
  {
    name: 'a queue for a key that is never used again',
    text: 'saga: order\nversion: 1\nkey: { of: input.orderId, conflict: queue }\nsteps: []\n',
    says: [
      '3:37: error: A key that is never used again has nobody to wait for. Write `reuse: afterEnd` beside `conflict: queue`.',
    ],
  },
  {
    name: 'a conflict rule nobody knows',
    text: 'saga: order\nversion: 1\nkey: { of: input.orderId, reuse: afterEnd, conflict: que }\nsteps: []\n',
    says: ['3:54: error: Expected one of `ignore`, `queue`, `cancelOld`, and this is "que".'],
  },
  {
    name: 'flips of a key that is never used again',
    text: `${SAGA}flips: { of: saga.result, max: 3, within: 2h }\nsteps: []\n`,
    says: [
      '4:1: error: A key that is never used again cannot go back and forth. Write `key: { of: …, reuse: afterEnd }`.',
    ],
  },
  {
    name: 'flips without a time',
    text: `${reused}flips: { of: saga.result, max: 3 }\nsteps: []\n`,
    says: ['4:8: error: `within` is missing: in which time, such as 2h.'],
  },
  {
    name: 'flips of a block that does not exist',
    text: `${reused}flips: { of: steps.choose.output.route, max: 3, within: 2h }\nsteps: []\n`,
    says: ['4:14: error: There is no block "choose".'],
  },
];

describe('a saga with a mistake in how it starts', () => {
  it.each(documents)('$name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
