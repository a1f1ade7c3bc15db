import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import {
  compileDefinitions,
  parseDocuments,
  surveySagas,
  type CompiledDefinitions,
  type SagaSurvey,
} from '#libs/saga';
import { definitionOf, exportBpmn } from './export-bpmn.js';
import { importBpmn, type ImportedBpmn } from './import-bpmn.js';

const FOLDERS = ['apps/shop/examples', 'apps/shop/definitions'];

const folders = FOLDERS.map((folder) => {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');
  const definitions = paths.filter((path) => path.endsWith('.yaml') && !path.endsWith('.tests.yaml'));
  const sources = definitions.map((file) => ({ file, text: read(file) }));
  const schemas = paths.filter((path) => path.endsWith('.json')).map((path) => [path, read(path)] as const);
  const files = Object.fromEntries(schemas);
  return { folder, sources, files, surveys: surveySagas(sources, files) };
});

const all = folders.flatMap(({ folder, sources, surveys }) =>
  surveys.map((survey) => ({ folder, survey, definition: definitionOf(survey, sources) })),
);

const imports = new Map<SagaSurvey, Promise<ImportedBpmn>>();

function importedOf({ survey, definition }: Omit<(typeof all)[number], 'folder'>): Promise<ImportedBpmn> {
  const imported =
    imports.get(survey) ?? exportBpmn(survey, definition).then((xml) => importBpmn(xml, 'saga.bpmn'));
  imports.set(survey, imported);
  return imported;
}

/** Programs as text: every node in its place, without the functions that expressions became. */
function textsOf({ programs }: CompiledDefinitions): readonly string[] {
  return programs.map((program) => JSON.stringify(program, undefined, 2)).toSorted();
}

/** What the examples do not have. */
const RARE = `saga: rare
version: 3
key: input.id
defaults: { task: { escalate: [{ after: 1d, to: { role: boss } }] } }
use: [late-answers]
toggles: { fast: { default: true } }
listen:
  - event: shop.order.cancelled
    raise: called-off
    tooLate: [{ emit: refused, event: shop.order.refused, with: {} }]
  - event: shop.order.noted
    do:
      - choice: note
        cases: [{ case: long, if: size(data.text) > 3, do: [{ emit: noted, event: shop.order.kept, with: {} }] }]
        else: []
  - { event: shop.order.seen, do: [] }
  - { event: shop.order.lost, match: data.a, raise: lost }
  - { event: shop.order.lost, match: data.b, do: [{ emit: lostB, event: shop.order.told, with: {} }] }
catch:
  called-off: compensate
  lost: compensate
  refused: { undo: true, do: [{ wait: tomorrow, for: 1d }], then: retry }
steps:
  - task: approve
    if: input.total > 5
    to: { role: clerk }
    answers: { good: [], bad: { needs: [reason], do: [{ raise: refused }] }, later: [{ wait: aWhile, for: 1h }] }
    catch: { hurried: { undo: true, do: [{ set: none, value: 1 }], then: retry, times: 2 }, refused: [{ end: denied }] }
    due: 2d
    listen:
      - { event: shop.order.hurried, raise: hurried }
      - { event: shop.order.asked, match: data.a, do: [{ emit: told, event: shop.order.told, with: {} }] }
      - { event: shop.order.weighed, do: [{ choice: weight, cases: [{ case: much, if: data.much, do: [{ set: much, value: 1 }] }], else: [] }] }
      - { event: shop.order.asked, match: data.b, do: [{ emit: toldB, event: shop.order.told, with: {} }] }
  - choice: guard
    cases: [{ case: small, if: input.total < 1, do: [{ end: too-small }] }]
    else:
      - choice: again
        cases:
          - { case: a, if: input.a, do: [{ raise: odd }] }
          - { case: b, if: input.b, do: [] }
        else: [{ set: even, value: 2 }]
        if: input.c
      - set: behindAgain
        value: 4
  - wait: first
    first:
      - { case: paid, event: bank.paid, key: input.id, do: [{ set: paid, value: true }] }
      - { case: not-paid, event: bank.paid, key: input.other, do: [] }
      - { case: gone, event: bank.gone, key: input.id, do: [{ raise: gone }] }
    default: { after: 2d, do: [] }
  - parallel: offers
    join: 1
    rest: stop
    branches:
      stops: [{ raise: stopped }]
      empty: []
      asks: [{ step: ask, call: shop.ask, compensate: { do: [{ step: unask, call: shop.unask }] } }]
    catch: { stopped: { undo: true, then: continue }, incomplete: incident }
  - repeat: often
    do: [{ include: tell, fragment: notify }]
    until: index > 2
    max: 5
  - task: lastWord
    to: { role: clerk }
    answers: { said: [{ set: said, value: 1 }] }
  - choice: last
    cases: [{ case: x, if: input.x, do: [{ end: over }] }]
    else: [{ lock: slot, resource: 'slot/a' }, { saga: other, definition: other-saga, with: {} }]
---
fragment: notify
version: 1
steps: [{ step: tellThem, call: mail.send, with: {}, compensate: { none: sent } }, { choice: c, cases: [{ case: a, if: 'true', do: [] }], else: [] }]
---
standard: late-answers
version: 1
catch: { silence: { do: [{ emit: silent, event: shop.silent, with: {} }], then: compensate } }
`;

describe('a saga that was exported as BPMN', () => {
  it.each(all.map((each) => [`${each.folder} ${each.survey.saga}`, each] as const))(
    'is the same saga when it is imported: %s',
    async (_, each) => {
      const { text, problems, toFillIn } = await importedOf(each);

      expect([problems, toFillIn]).toEqual([[], []]);
      expect(parse(text)).toEqual(each.definition);
    },
  );

  it.each(folders)('compiles to the same program: all of $folder', async ({ folder, sources, files }) => {
    const imported = await Promise.all(all.filter((each) => each.folder === folder).map(importedOf));
    const others = sources
      .flatMap(({ file, text }) => parseDocuments(text, file).documents)
      .filter(({ data }) => !Object.hasOwn(data, 'saga'));
    const sagas = imported.map(({ saga, text }) => ({ file: `${saga}.yaml`, text }));

    const programs = textsOf(compileDefinitions([...others, ...sagas], files));

    expect(programs.length).toBe(imported.length);
    expect(programs).toEqual(textsOf(compileDefinitions(sources, files)));
  });

  it('keeps what is rarely written', async () => {
    const sources = [{ file: 'rare.yaml', text: RARE }];
    expect(compileDefinitions(sources).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    const [survey] = surveySagas(sources);
    const definition = definitionOf(survey!, sources);

    const imported = await importBpmn(await exportBpmn(survey!, definition), 'rare.bpmn');

    expect([imported.problems, imported.toFillIn]).toEqual([[], []]);
    expect(parse(imported.text)).toEqual(definition);
  });
});
