import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { run } from './running-saga.js';

const BILLING = `participant: billing
clearance: [public]
commands:
  invoice: { undoneBy: billing.cancel, input: { type: object, properties: { note: {}, person: { $ref: schemas/person.json } } } }
  cancel: {}
---
`;
const PERSON = JSON.stringify({
  type: 'object',
  properties: { id: { type: 'string' }, illness: { $ref: 'illness.json#/$defs/name' } },
});
const ILLNESS = JSON.stringify({ $defs: { name: { type: 'string', 'x-class': 'medical' } } });
const files = { 'schemas/person.json': PERSON, 'schemas/illness.json': ILLNESS };

function compiled(text: string) {
  const { programs, problems } = compileDefinitions([{ file: 'intake.yaml', text: BILLING + text }], files);
  return {
    program: programs[0],
    errors: problems.filter(({ severity }) => severity === 'error').map(({ message }) => message),
  };
}

const HEAD = 'saga: intake\nversion: 1\nkey: input.id\n';
const sends = (data: string) =>
  `steps:\n  - { step: charge, call: billing.invoice, with: { ${data} }, compensate: { none: a test } }\n`;
const REFUSED =
  'Participant "billing" must not see "note", which is classed "medical": it is cleared for public. Leave it out.';

describe('a class behind references', () => {
  it.each([
    ['to another file, which refers on', 'input: schemas/person.json\n'],
    [
      'to a definition of its own',
      'input: { $defs: { secret: { type: string, x-class: medical } }, type: object, properties: { id: {}, illness: { $ref: "#/$defs/secret" } } }\n',
    ],
    [
      'in an alternative',
      'input: { type: object, properties: { id: {}, illness: { anyOf: [{ type: "null" }, { type: string, x-class: medical }] } } }\n',
    ],
  ])('counts %s', (_, input) => {
    expect(compiled(`${HEAD}${input}${sends("note: '${ input.illness }'")}`).errors).toEqual([REFUSED]);
  });

  it('leaves alone what stands beside it', () => {
    expect(compiled(`${HEAD}input: schemas/person.json\n${sends("note: '${ input.id }'")}`).errors).toEqual(
      [],
    );
  });

  it('keeps a command from being sent where only the contract knows', () => {
    const { program } = compiled(`${HEAD}${sends("person: '${ input }'")}`);

    expect(run(program!, { id: 'a', illness: 'flu' }).sent).toEqual([]);
    expect(run(program!, { id: 'a' }).finish?.failure?.message).toContain('is not cleared for "person"');
  });
});

describe('what a linked saga has left behind', () => {
  it('is classed like what it was given', () => {
    const first = `${HEAD.replace('intake', 'first')}input: schemas/person.json\nsteps: [{ set: text, value: '\${ input.illness }' }]\n---\n`;
    const appeal = `${HEAD}triggers: [{ event: clinic.appealed, link: { saga: first, key: data.id } }]\n${sends("note: '${ linked.steps.text.output }'")}`;

    expect(compiled(first + appeal).errors).toEqual([REFUSED]);
  });
});
