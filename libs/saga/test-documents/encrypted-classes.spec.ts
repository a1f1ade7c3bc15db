import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const NAMESPACE = 'namespace: clinic\nclasses: { medical: { encrypt: secret:patient-key } }\n---\n';
const WARD = `participant: ward
commands:
  assign-bed: { undoneBy: ward.free-bed, verify: ward.find-bed, output: { type: object, properties: { note: { type: string, x-class: medical } } } }
  free-bed: {}
  find-bed: { effect: none, output: { type: object, properties: { note: { type: string, x-class: medical } } } }
  treat: { input: { type: object, properties: { drugs: { type: array, items: { type: object, properties: { dose: { x-class: medical } } } } } } }
events:
  ward.bed-assigned: { schema: { type: object, properties: { note: { x-class: medical } } } }
---
`;
const SAGA = `saga: intake
version: 1
key: input.id
input:
  type: object
  properties: { id: { type: string }, name: { type: string, x-class: personal }, illness: { type: object, x-class: medical, properties: { code: { type: string, x-class: medical } } } }
steps:
  - step: assign
    call: ward.assign-bed
    with: { id: '\${ input.id }', name: '\${ input.name }', why: '\${ input.illness }', code: 'ill of \${ input.illness.code }' }
    compensate: { call: ward.free-bed, unless: { ask: ward.find-bed, if: 'output.?note.orValue(null) == null' } }
  - { emit: tell, event: ward.bed-assigned, with: { note: '\${ input.illness.code }' } }
  - { step: treat, call: ward.treat, with: { drugs: '\${ [{"dose": 5}] }' }, pivot: true }
`;

function encryptionOf(...documents: readonly string[]) {
  const { programs, problems } = compileDefinitions([{ file: 'clinic.yaml', text: documents.join('') }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!.encryption;
}

const medical = (...path: readonly string[]) => ({ path, key: 'patient-key' });

describe('a namespace that encrypts a class', () => {
  it('encrypts what comes from it, whatever it is sent as', () => {
    const { commands } = encryptionOf(NAMESPACE, WARD, SAGA)!;

    expect(commands['assign/do']).toEqual({
      sent: [medical('why'), medical('code')],
      answer: [medical('note')],
    });
  });

  it('encrypts what undoes it and what is asked about it likewise', () => {
    const { commands } = encryptionOf(NAMESPACE, WARD, SAGA)!;

    expect(commands['assign/undo']).toEqual({ sent: [medical('why'), medical('code')], answer: [] });
    expect(commands['assign/verify']).toEqual({
      sent: [medical('why'), medical('code')],
      answer: [medical('note')],
    });
    expect(commands['assign/unless']).toEqual(commands['assign/verify']);
  });

  it('encrypts what the contract of a command or an event classes', () => {
    const { commands, events } = encryptionOf(NAMESPACE, WARD, SAGA)!;

    expect(commands['treat/do']).toEqual({ sent: [medical('drugs', '*', 'dose')], answer: [] });
    expect(events).toEqual({ 'ward.bed-assigned': [medical('note')] });
  });

  it('says the key it needs, and where', () => {
    expect(encryptionOf(NAMESPACE, WARD, SAGA)!.keys).toEqual([
      {
        name: 'patient-key',
        fieldClass: 'medical',
        place: { file: 'clinic.yaml', line: 2, column: 32, path: 'classes.medical.encrypt' },
      },
    ]);
  });

  it('encrypts nothing for the sagas of others', () => {
    const others = SAGA.replace('version: 1\n', 'version: 1\nbelongsTo: shop\n');
    const contracts = WARD.replace('participant: ward\n', 'participant: ward\nbelongsTo: clinic\n');

    expect(encryptionOf(NAMESPACE, 'namespace: shop\n---\n', contracts, others)).toBeUndefined();
    expect(encryptionOf('namespace: clinic\n---\n', WARD, SAGA)).toBeUndefined();
  });
});

const WRONG: readonly WrongDocument[] = [
  {
    name: 'the key itself',
    text: 'namespace: clinic\nclasses: { medical: { encrypt: dGhlIGtleQ== } }\n',
    says: [
      '2:32: error: Expected the name of a secret such as secret:claims-intake, never the secret itself, and this is "dGhlIGtleQ==".',
    ],
  },
  {
    name: 'no key',
    text: 'namespace: clinic\nclasses: { medical: {} }\n',
    says: [
      '2:21: error: `encrypt` is missing: the key by which its fields are encrypted in messages, such as secret:patient-key.',
    ],
  },
  {
    name: 'another word',
    text: 'namespace: clinic\nclasses: { medical: { encypt: secret:patient-key } }\n',
    says: [
      '2:21: error: `encrypt` is missing: the key by which its fields are encrypted in messages, such as secret:patient-key.',
      '2:23: error: A class has no key `encypt`. Did you mean "encrypt"?',
    ],
  },
  {
    name: 'a class that is none',
    text: 'namespace: clinic\nclasses: { Medical: { encrypt: secret:patient-key } }\n',
    says: [
      '2:21: error: A class is written in kebab-case such as out-of-stock: "Medical" is not. Write "medical".',
    ],
  },
  {
    name: 'the secret of another namespace',
    text: 'namespace: clinic\ndefault: true\nclasses: { medical: { encrypt: secret:patient-key } }\n---\nnamespace: lab\nsecrets: [patient-key]\n',
    says: [
      '3:32: error: The secret "patient-key" belongs to namespace "lab", which keeps it for itself. Write `exports: { secrets: [patient-key] }` there, or use one of namespace "clinic".',
    ],
  },
];

describe('what is said of a class', () => {
  it.each(WRONG)('cannot be $name', (wrong) => {
    expect(errorsOf(wrong)).toEqual(wrong.says);
  });
});
