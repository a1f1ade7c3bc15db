import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { encryptParts, header, partsText, type JsonObject } from '#libs/messaging';
import { FolderFieldKeys } from '#libs/participant';
import { startOtlpSink, type OtlpSink } from '#libs/testing';
import type { SagaPage } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { openEar } from '../harness/topic-ear.js';

/** Takes a patient in: a bed, a doctor's word, a bill that says nothing of the illness. */
const intake = `saga: patient-intake
version: 1
key: input.caseId
input: schemas/patient.json
triggers: [{ event: hospital.patient-arrived }]
steps:
  - step: assignBed
    call: ward.assign-bed
    with: { caseId: '\${ input.caseId }', diagnosis: '\${ input.diagnosis }', urgency: '\${ input.urgency }' }
    compensate: ward.free-bed
  - task: confirmDiagnosis
    to: { role: doctor }
    show: { case: '\${ input.caseId }', diagnosis: '\${ input.diagnosis }' }
    escalate: [{ after: 1d, to: { role: doctor } }]
    answers: { confirm: [] }
  - step: openAccount
    call: billing.open-account
    compensate: billing.close-account
  - step: admit
    call: ward.admit
    with: { caseId: '\${ input.caseId }', finding: '\${ steps.assignBed.output.?finding.orValue(null) }' }
    pivot: true
`;
const contracts = `namespace: clinic
classes:
  medical: { encrypt: secret:patient-key }
  personal: { encrypt: secret:patient-key }
---
participant: hospital
events: { hospital.patient-arrived: { key: data.caseId, schema: schemas/patient.json } }
---
participant: ward
commands:
  assign-bed: { undoneBy: ward.free-bed, output: schemas/bed.json }
  free-bed: {}
  admit: {}
---
participant: billing
clearance: [personal]
commands:
  open-account: { input: schemas/account.json, undoneBy: billing.close-account }
  close-account: { input: schemas/account.json }
`;
const patient = {
  type: 'object',
  required: ['caseId', 'name', 'diagnosis'],
  properties: {
    caseId: { type: 'string' },
    name: { type: 'string', 'x-class': 'personal' },
    diagnosis: { type: 'string', 'x-class': 'medical' },
    urgency: { type: 'integer', 'x-class': 'medical' },
  },
};
const account = { type: 'object', properties: { caseId: {}, name: {} }, additionalProperties: false };
const bed = { type: 'object', properties: { finding: { type: 'string', 'x-class': 'medical' } } };
const illness = 'acute lymphoblastic leukaemia';

jest.setTimeout(60_000);

let bench: SagaBench;
let sink: OtlpSink;
let secrets: string;
let fieldKeys: FolderFieldKeys;

beforeAll(async () => {
  sink = await startOtlpSink();
  secrets = await mkdtemp(path.join(tmpdir(), 'skald-secrets-'));
  await writeFile(path.join(secrets, 'patient-key'), `2026-11:${randomBytes(32).toString('base64')}\n`);
  fieldKeys = new FolderFieldKeys(secrets);
  bench = await startSagaBench({
    name: 'classed-data',
    documents: {
      'intake.yaml': intake,
      'contracts.yaml': contracts,
      'schemas/patient.json': JSON.stringify(patient),
      'schemas/account.json': JSON.stringify(account),
      'schemas/bed.json': JSON.stringify(bed),
    },
    env: { ...sink.env, SKALD_SECRETS: secrets },
    fieldKeys,
  });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
  await sink?.stop();
  if (secrets !== undefined) await rm(secrets, { recursive: true });
});

describe('a patient whose illness is classed', () => {
  let page: SagaPage;

  beforeAll(async () => {
    // The ward repeats the diagnosis in words of its own, and its answer has no schema.
    bench.participants.behave('ward.admit', { succeeded: { note: `admitted with ${illness}` } });
    await bench.publish('hospital.patient-arrived', arrival('case-1'));
    await bench.answerTask(await bench.task('case-1'), {
      answer: 'confirm',
      by: 'dr-lee',
      roles: ['doctor'],
    });
    page = await bench.ended('case-1');
  });

  it('is taken in, and billing hears the name only', () => {
    const sent = bench.participants.deeds.filter(({ command }) => command === 'billing.open-account');

    expect(page.status).toBe('completed');
    expect(sent.map(({ data }) => data)).toEqual([{ caseId: 'case-1', name: 'Ada Kane' }]);
  });

  it('reaches the ward, which may know', () => {
    const sent = bench.participants.deeds.find(({ command }) => command === 'ward.assign-bed');

    expect(sent?.data).toEqual({ caseId: 'case-1', diagnosis: illness, urgency: 2 });
  });

  it('is covered wherever the API shows the saga', () => {
    expect(page.input).toEqual({
      caseId: 'case-1',
      name: '[masked: personal]',
      diagnosis: '[masked: medical]',
      urgency: '[masked: medical]',
    });
    expect(page.steps['admit']?.output).toEqual({ note: 'admitted with [masked: medical]' });
    expect(JSON.stringify(page)).not.toContain(illness);
    expect(JSON.stringify(page)).not.toContain('Ada Kane');
  });

  it('stands neither in the log nor in a trace', async () => {
    await eventually('the trace of the saga', () =>
      sink.spans.some(({ name }) => name === 'saga patient-intake completed'),
    );
    const log = await readFile(bench.coordinators[0]!.service.logFile, 'utf8');

    expect(log).toContain('coordinator running');
    expect([log, JSON.stringify(sink.spans)].filter((text) => text.includes(illness))).toEqual([]);
  });

  it('is shown to whom says why, and the audit says who looked', async () => {
    const refused = await bench.api.get(`/sagas/${page.id}?unmask=true&by=ann`);
    const { body } = await bench.api.get<SagaPage>(
      `/sagas/${page.id}?unmask=true&by=ann&reason=the+patient+asked`,
    );

    expect(refused.status).toBe(400);
    expect(body.input).toMatchObject({ diagnosis: illness, urgency: 2 });
    expect((await bench.api.saga(page.id)).audits).toContainEqual(
      expect.objectContaining({
        action: 'look',
        by: 'ann',
        reason: 'the patient asked',
        detail: 'the whole saga',
      }),
    );
  });
});

describe('a patient whose illness travels encrypted', () => {
  const secret = 'von Hippel-Lindau disease';
  const topics = ['hospital.events', 'ward.commands', 'billing.commands', 'classed-data.home'];
  let page: SagaPage;

  beforeAll(async () => {
    bench.participants.behave('ward.assign-bed', { succeeded: { finding: `${secret}, early` } });
    bench.participants.behave('ward.admit', { succeeded: {} });
    const parts = [{ path: ['diagnosis'], key: 'patient-key' }];
    const data = { ...arrival('case-7'), name: 'Grace Moore', diagnosis: secret };
    await bench.publish(
      'hospital.patient-arrived',
      encryptParts(data, parts, fieldKeys, 'arrival-7') as JsonObject,
      { id: 'arrival-7', headers: { [header.encrypted]: partsText(parts) } },
    );
    await bench.answerTask(await bench.task('case-7'), {
      answer: 'confirm',
      by: 'dr-lee',
      roles: ['doctor'],
    });
    page = await bench.ended('case-7');
  });

  it('is known to the ward, whose answer the saga goes on with', () => {
    const sent = bench.participants.deeds.filter(({ key }) => key === 'case-7');

    expect(page.status).toBe('completed');
    expect(sent.map(({ command, data }) => [command, data])).toEqual([
      ['ward.assign-bed', { caseId: 'case-7', diagnosis: secret, urgency: 2 }],
      ['billing.open-account', { caseId: 'case-7', name: 'Grace Moore' }],
      ['ward.admit', { caseId: 'case-7', finding: `${secret}, early` }],
    ]);
  });

  it('stands in no record of any topic', async () => {
    for (const topic of topics) {
      const ear = await openEar(bench.kafkaBrokers, topic);
      await ear.catchUp();
      await ear.stop();
      const texts = ear.records.map(
        ({ value, headers }) => `${value?.toString()} ${Object.values(headers).join(' ')}`,
      );

      expect(texts.length).toBeGreaterThan(0);
      expect(texts.filter((text) => text.includes('Hippel'))).toEqual([]);
    }
  });

  it('stands neither in the log nor in a trace', async () => {
    await eventually('the trace of the saga', () => JSON.stringify(sink.spans).includes(page.id));
    const log = await readFile(bench.coordinators[0]!.service.logFile, 'utf8');

    expect([log, JSON.stringify(sink.spans)].filter((text) => text.includes('Hippel'))).toEqual([]);
  });
});

describe('a task that shows an illness', () => {
  it('covers it, except for whom it was put to, and the audit says so', async () => {
    await bench.publish('hospital.patient-arrived', arrival('case-2'));
    const task = await bench.task('case-2');

    const shownTo = async (who: string) =>
      (await bench.api.get<{ readonly show: unknown }>(`/tasks/${task}${who}`)).body.show;

    expect(await shownTo('')).toEqual({ case: 'case-2', diagnosis: '[masked: medical]' });
    expect(await shownTo('?by=carl&roles=clerk')).toEqual({ case: 'case-2', diagnosis: '[masked: medical]' });
    expect(await shownTo('?by=dr-lee&roles=doctor')).toEqual({ case: 'case-2', diagnosis: illness });
    expect((await bench.page('case-2'))?.audits).toEqual([
      expect.objectContaining({ action: 'look', by: 'dr-lee', detail: 'task confirmDiagnosis' }),
    ]);
  });
});

describe('a record about a patient that cannot be handled', () => {
  it('is covered in the list of parked ones, except for whom says why', async () => {
    await bench.publish('hospital.patient-arrived', { name: illness }, { key: 'case-3' });
    const parked = (query = '') =>
      bench.api.get<{ readonly parked: readonly { readonly value: unknown }[] }>(`/parked${query}`);

    const [covered] = await eventually('the record to be parked', async () => {
      const { body } = await parked();
      return body.parked.length > 0 && body.parked;
    });
    const { body } = await parked('?unmask=true&by=ann&reason=repair');

    expect(covered?.value).toEqual({ text: '[masked: record]' });
    expect(body.parked[0]?.value).toEqual({ text: JSON.stringify({ name: illness }) });
  });
});

describe('a definition that would send an illness to billing', () => {
  it('is refused when it is published, with its place', async () => {
    const wrong = intake
      .replace('version: 1', 'version: 2')
      .replace(
        '    call: billing.open-account\n',
        "    call: billing.open-account\n    with: { name: '${ input.diagnosis }' }\n",
      );
    const answer = await bench.api.post<{ readonly problems: readonly string[] }>('/definitions', {
      files: [{ path: 'intake.yaml', text: wrong }],
    });

    expect([answer.status, answer.body.problems]).toEqual([
      422,
      [
        'intake.yaml:18:19: error: Participant "billing" must not see "name", which is classed "medical": it is cleared for personal. Leave it out.',
      ],
    ]);
  });
});

function arrival(caseId: string) {
  return { caseId, name: 'Ada Kane', diagnosis: illness, urgency: 2 };
}
