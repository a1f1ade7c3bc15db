import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const saga = `saga: triage
version: 1
key: input.claimId
toggles: { agentTriage: { default: true } }
steps: [{ wait: pause, for: 1h }]
`;

const documents: readonly WrongDocument[] = [
  {
    name: 'a release without a reason',
    text: 'release: triage\ntoggles: { agentTriage: false }\n',
    says: ['1:1: error: `reason` is missing: say why, it is kept.'],
  },
  {
    name: 'a release that changes nothing',
    text: 'release: triage\nreason: it errs\n',
    says: ['1:1: error: This release changes nothing. Write `toggles: { <name>: true }`.'],
  },
  {
    name: 'a release of a toggle that the saga does not have',
    text: `${saga}---\nrelease: triage\nreason: it errs\ntoggles: { agentTriaje: false }\n`,
    says: ['9:12: error: Saga "triage" has no toggle "agentTriaje". Did you mean "agentTriage"?'],
  },
  {
    name: 'a toggle that is switched to a word',
    text: 'release: triage\nreason: it errs\ntoggles: { agentTriage: off }\n',
    says: ['3:25: error: Expected true or false, and this is "off". Write false, without quotes.'],
  },
  {
    name: 'two releases of one saga',
    text: ['true', 'false']
      .map((value) => `release: triage\nreason: it errs\ntoggles: { agentTriage: ${value} }\n`)
      .join('---\n'),
    says: ['5:10: error: There is another release of "triage". Put both into one.'],
  },
  {
    name: 'a release with shares',
    text: 'release: triage\nreason: it errs\nrules: [{ version: 1, share: 100% }]\ntoggles: { agentTriage: true }\n',
    says: [
      '3:1: error: `rules` is part of the language, but not supported yet by this version. Leave it out.',
    ],
  },
];

describe('a release that is wrong', () => {
  it.each(documents)('is refused: $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});

describe('a release', () => {
  it('says what is switched and why, of sagas here or elsewhere', () => {
    const text = 'release: elsewhere\nreason: it errs\ntoggles: { agent: false, extra: true }\n';
    const { releases, problems } = compileDefinitions([
      { file: 'release.yaml', text: `${saga}---\n${text}` },
    ]);

    expect(problems).toEqual([]);
    expect(releases).toEqual([
      { definition: 'elsewhere', reason: 'it errs', toggles: { agent: false, extra: true } },
    ]);
  });
});
