import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const HEAD = `namespace: claims
notes: private
---
participant: mail
clearance: [public]
commands: { send: { effect: none } }
---
participant: archive
clearance: [private]
commands: { keep: { effect: none } }
---
saga: decide
version: 1
key: input.claimId
steps:
  - task: adjudicate
    to: { role: adjudicator }
    escalate: [{ after: 1d, to: { role: head } }]
    answers: { approve: { needs: [percent] }, deny: { needs: [reason] } }
`;
const lines = HEAD.split('\n').length - 1;

function decide(name: string, step: string, says: string): WrongDocument {
  return { name, text: `${HEAD}${step}`, says: [says] };
}

const WRONG: readonly WrongDocument[] = [
  decide(
    'the reason of an answer to whom is not cleared',
    "  - { step: tell, call: mail.send, with: { why: '${ steps.adjudicate.output.reason }' } }\n",
    `${lines + 1}:49: error: Participant "mail" must not see "why", which is classed "private": it is cleared for public. Leave it out.`,
  ),
  decide(
    'a comment in a text',
    "  - { step: tell, call: mail.send, with: { text: 'They say: ${ steps.adjudicate.output.comment }' } }\n",
    `${lines + 1}:50: error: Participant "mail" must not see "text", which is classed "private": it is cleared for public. Leave it out.`,
  ),
  decide(
    'a reason for everybody to read',
    "  - { emit: told, event: claims.denied, with: { why: '${ steps.adjudicate.output.reason }' } }\n",
    `${lines + 1}:54: error: Everybody may read the event "claims.denied", and "why" is classed "private". Leave it out, or class it in the event's schema: \`x-class: private\`.`,
  ),
  {
    name: 'a class that is none',
    text: 'namespace: claims\nnotes: Private Notes\n',
    says: [
      '2:8: error: A class is written in kebab-case such as out-of-stock: "Private Notes" is not. Write "private-notes".',
    ],
  },
];

describe('what people write freely, where the namespace classes it', () => {
  it.each(WRONG)('does not leave the saga: $name', (wrong) => {
    expect(errorsOf(wrong)).toEqual(wrong.says);
  });

  it('goes to whom is cleared, as do other fields of an answer to everybody', () => {
    const steps = `  - { step: keep, call: archive.keep, with: { why: '\${ steps.adjudicate.output.reason }' } }
  - { step: tell, call: mail.send, with: { share: '\${ steps.adjudicate.output.percent }' } }
`;
    const { programs, problems } = compileDefinitions([{ file: 'decide.yaml', text: HEAD + steps }]);

    expect([problems, programs[0]!.classed]).toMatchObject([
      [],
      {
        notes: 'private',
        outputs: {
          adjudicate: [
            { path: ['reason'], fieldClass: 'private' },
            { path: ['comment'], fieldClass: 'private' },
          ],
        },
      },
    ]);
  });
});
