import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { terminal } from './terminal.fixture.js';

const folder = mkdtempSync(join(tmpdir(), 'skald-cli-'));
const claim = `saga: claim
version: 2
title: Decide a claim
owner: claims
key: { of: input.claimId, reuse: afterEnd, conflict: queue }
timeout: 60d
triggers: [{ event: claims.submitted, gates: { has-amount: data.amount > 0 } }]
steps:
  - parallel: evidence
    branches:
      police: [{ wait: report, event: police.report-filed, timeout: 7d }]
      photos: [{ step: readPhotos, call: vision.read-photos, compensate: { none: it only reads } }]
  - task: decide
    title: Decide the claim
    to: { role: adjudicator }
    escalate: [{ after: 1d, to: { role: head-of-claims } }]
    answers: { approve: [], deny: [{ raise: denied }] }
    catch: { denied: { do: [{ end: denied }] } }
  - step: pay
    call: claims.pay
    if: input.amount > 100
    pivot: true
    catch: { rejected: { do: [{ wait: bank, for: 4h }], then: retry } }
`;

beforeAll(() => writeFileSync(join(folder, 'claim.yaml'), claim));
afterAll(() => rmSync(folder, { recursive: true }));

describe('skald explain', () => {
  it('reads a definition out', async () => {
    const { out } = await terminal(['explain', 'claim', folder]);

    expect(out.split('\n')).toEqual([
      'claim, version 2 (Decide a claim), of claims.',
      'There is one for each input.claimId, another one when the last has ended; a start meanwhile waits its turn.',
      'After 60d everything is undone, or behind the point of no return a person is called.',
      'It starts on the event claims.submitted, if has-amount (data.amount > 0).',
      '',
      '1. evidence: all of these run beside each other: police and photos.',
      '   Beside the others, police:',
      '      1. report: waits for police.report-filed, 7d at most.',
      '   Beside the others, photos:',
      '      1. readPhotos: asks vision to read photos.',
      '         It is not undone: it only reads.',
      '2. Decide the claim (decide): somebody in the role adjudicator is asked; after 1d somebody in the role head-of-claims, too.',
      '   The answer may be approve.',
      '   The answer may be deny.',
      '      1. raises the error denied.',
      '   On denied: then:',
      '      1. ends here, with the result denied.',
      '3. pay: asks claims to pay. From here it only goes forward. Only if input.amount > 100.',
      '   On rejected: then it is tried again.',
      '      1. bank: lets 4h pass.',
    ]);
  });

  it('tells a table that weighs from one that decides', async () => {
    const weighing = await terminal(['explain', 'choose-plan', 'apps/shop/examples']);
    const deciding = await terminal(['explain', 'vet-applicants', 'apps/shop/examples']);

    expect(weighing.out).toContain(
      '2. priorities: the table plan-priorities weighs each plan of steps.propose.output.plans by punctuality, cost and emissions; it decides nothing.',
    );
    expect(deciding.out).toMatch(/: the table \S+ decides/);
  });

  it('names the definitions there are', async () => {
    expect(await terminal(['explain', 'clame', folder])).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no saga "clame"'),
    });
  });
});

describe('skald show --resolved', () => {
  it('prints each value with the line it comes from', async () => {
    const { out } = await terminal(['show', 'claim', '--resolved', '--in', folder]);
    const line = out.split('\n').find((each) => /^pay +retry\.attempts /.test(each));

    expect(line?.split(/ {2,}/)).toEqual(['pay', 'retry.attempts', '10', 'built in']);
    expect(out).toMatch(/^decide +to +\{"role":"adjudicator"\} +\S+claim\.yaml:15 +block$/m);
  });
});

describe('skald schema', () => {
  it('writes a schema with the names of the folder', async () => {
    const { out } = await terminal(['schema', folder]);
    const schema = readFileSync(join(folder, '.skald', 'schema.json'), 'utf8');

    expect(out).toContain(join(folder, '.skald', 'schema.json'));
    expect(JSON.parse(schema)).toMatchObject({ title: 'Skald definitions' });
  });
});
