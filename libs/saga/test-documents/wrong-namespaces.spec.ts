import { describe, expect, it } from '@jest/globals';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const SAGA = 'saga: order\nversion: 1\nkey: input.orderId\nsteps: []\n';
const two = (first = '', second = '') => `namespace: shop\n${first}---\nnamespace: claims\n${second}---\n`;
const fragment = (keys: string) => `fragment: notify\n${keys}steps: []\n---\n`;

const documents: readonly WrongDocument[] = [
  {
    name: 'a namespace that does not exist',
    text: `${two()}${SAGA}belongsTo: clams\n`,
    says: [
      '9:12: error: There is no namespace "clams". Write a document `namespace: clams`. Did you mean "claims"?',
    ],
  },
  {
    name: 'nothing about which of several it belongs to',
    text: `${two()}${SAGA}`,
    says: [
      '5:7: error: There are several namespaces (shop, claims), and this saga does not say whose it is. Write `belongsTo: shop` in it, or `default: true` in one of them.',
    ],
  },
  {
    name: 'two that others belong to',
    text: `${two('default: true\n', 'default: true\n')}${SAGA}`,
    says: ['5:10: error: Documents that do not say so belong to namespace "shop" already. Leave this out.'],
  },
  {
    name: 'a name that another namespace has',
    text: `namespace: shop\n---\nnamespace: shop\n---\n${SAGA}`,
    says: ['3:12: error: There is another namespace "shop". Keep one of them.'],
  },
  {
    name: 'an export of what is not there',
    text: `${two('default: true\nexports: { fragments: [notfy], roles: [clerk] }\n')}${fragment('version: 1\n')}${SAGA}`,
    says: [
      '3:24: error: Namespace "shop" has no fragment "notfy" to export. Did you mean "notify"?',
      '3:40: error: Namespace "shop" has no role "clerk" to export.',
    ],
  },
  {
    name: 'an export under a name that is exported',
    text: `${two(
      'default: true\nroles: { clerk: { authority: 1 } }\nexports: { roles: [clerk] }\n',
      'roles: { clerk: { authority: 1 } }\nexports: { roles: [clerk] }\n',
    )}${SAGA}`,
    says: ['8:20: error: Namespace "shop" exports a role "clerk" already. Give one of them another name.'],
  },
  {
    name: 'a version of what belongs to another namespace',
    text: `${two('default: true\n')}${fragment('version: 1\n')}${fragment('version: 2\nbelongsTo: claims\n')}${SAGA}`,
    says: [
      '10:11: error: Another version of the fragment "notify" belongs to namespace "shop". All versions belong to one: give this one another name.',
    ],
  },
  {
    name: 'a secret that another namespace has',
    text: `${two('default: true\nsecrets: [token]\n', 'secrets: [token]\n')}${SAGA}`,
    says: [
      '6:11: error: The secret "token" belongs to namespace "shop" already. Leave it to one of them, which may export it.',
    ],
  },
];

describe('wrong namespaces', () => {
  it.each(documents)('are said what to do about: $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
