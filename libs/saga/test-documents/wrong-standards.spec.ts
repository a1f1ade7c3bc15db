import { describe, expect, it } from '@jest/globals';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const STANDARD = `standard: standard-errors
version: 1
catch: { timed-out: { do: [{ emit: tellLate, event: shop.late, with: { of: '\${ saga.key }' } }], undo: true } }
`;

function using(use: string, more = ''): string {
  return `${STANDARD}---\nsaga: order\nversion: 1\nkey: input.orderId\nuse: ${use}\nsteps: []\n${more}`;
}

const documents: readonly WrongDocument[] = [
  {
    name: 'a standard that does not exist',
    text: using('[standard-error]'),
    says: [
      '8:7: error: There is no standard "standard-error". Write a document `standard: standard-error`. Did you mean "standard-errors"?',
    ],
  },
  {
    name: 'a version that does not exist',
    text: using('[{ standard: standard-errors, version: 3 }]'),
    says: ['8:45: error: Standard "standard-errors" has no version 3. There is 1.'],
  },
  {
    name: 'a version that is written twice',
    text: `${STANDARD}---\n${using('[standard-errors]')}`,
    says: [
      '6:10: error: Version 1 of standard "standard-errors" is written twice. Give this one another version.',
    ],
  },
  {
    name: 'a name in place of a list',
    text: using('standard-errors'),
    says: ['8:6: error: Expected a list, and this is a text. Write [standard-errors].'],
  },
  {
    name: 'blocks of its own',
    text: using('[standard-errors]').replace('catch:', 'steps: []\ncatch:'),
    says: [
      '3:1: error: A standard has no key `steps`. Known here: belongsTo, catch, defaults, description, outcomes, owner, standard, timeout, title, version.',
    ],
  },
  {
    name: 'a name of a block that the saga has as well',
    text: using(
      '[standard-errors]',
      'catch: { cancelled: { do: [{ emit: tellLate, event: shop.x }], undo: true } }\n',
    ),
    says: ['3:36: error: Another block is called "tellLate". Give one of them another name.'],
  },
  {
    name: 'what the sagas that use it do not have',
    text: using('[standard-errors]')
      .replace('saga.key', 'input.email')
      .replace(
        'steps: []',
        'input: { type: object, properties: { orderId: { type: string } }, additionalProperties: false }\nsteps: []',
      ),
    says: ['3:80: error: `input` has no field "email". Known here: orderId.'],
  },
];

describe('a wrong standard', () => {
  it.each(documents)('says what to do about $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
