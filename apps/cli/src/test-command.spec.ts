import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestReport } from '#libs/saga';
import { terminal } from './terminal.fixture.js';
import { testPage } from './test-page.js';

const folder = mkdtempSync(join(tmpdir(), 'skald-test-'));
const passing = join(folder, 'passing', 'order.tests.yaml');
const failing = join(folder, 'failing', 'order.tests.yaml');

const order = `saga: order
version: 1
key: input.orderId
steps:
  - step: charge
    call: payment.charge
    compensate: payment.refund
  - step: ship
    call: shipping.arrange
    pivot: true
---
participant: payment
commands: { charge: { rejects: [card-declined] }, refund: {} }
`;

const head =
  'tests: order\nversion: 1\ncoverage: { paths: 100% }\ngiven: { start: { input: { orderId: o-1 } } }\ncases:\n';
const plain = '  - { test: is charged, then: { outcome: completed } }\n';
const declined =
  '  - { test: is declined, when: { charge: { rejected: card-declined } }, then: { outcome: compensated } }\n';
const wrong = '  - { test: is never charged, then: { never: [payment.charge] } }\n';

beforeAll(() => {
  mkdirSync(join(folder, 'failing'));
  mkdirSync(join(folder, 'passing'));
  writeFileSync(join(folder, 'passing', 'order.yaml'), order);
  writeFileSync(passing, head + plain + declined);
  writeFileSync(join(folder, 'failing', 'order.yaml'), order);
  writeFileSync(failing, head + plain + wrong);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('the page of tests', () => {
  it('says how fast they were played', () => {
    const played = {
      name: 'a',
      isPassed: true,
      plays: 4,
      paths: [],
      mismatches: [],
      timeline: [],
      waitsFor: [],
    };
    const coverage = { taken: [], missing: [], isEnough: true };
    const cases = [played, played].map((one) => ({ ...one, place: { file: 'order.tests.yaml' } }));
    const report = {
      file: 'order.tests.yaml',
      definition: 'order',
      version: 1,
      names: ['a'],
      isPassed: true,
    };

    expect(testPage([{ ...report, cases, coverage }], 20)).toMatch(
      /2 passed, 0 failed; 8 courses in 0.02 s, 100 cases a second$/,
    );
  });
});

describe('skald test', () => {
  it('prints a line a case and the paths that were taken', async () => {
    expect(await terminal(['test', passing])).toEqual({
      code: 0,
      err: '',
      out: [
        `${passing}: order version 1`,
        '  ok    is charged',
        '  ok    is declined',
        '  paths 1/1',
        '',
        '2 passed, 0 failed',
      ].join('\n'),
    });
  });

  it('shows what a failing case expected and what happened', async () => {
    const { code, out } = await terminal(['test', failing]);

    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      `${failing}: order version 1`,
      '  ok    is charged',
      '  FAIL  is never charged',
      `        ${failing}:7:46: never`,
      '          expected none of ["payment.charge"]',
      '          actual   ["payment.charge"]',
      '        after      what happened',
      '        +0s        started {"orderId":"o-1"}',
      '        +0s    ->  payment.charge (charge) {"orderId":"o-1"}',
      '        +0s    <-  charge succeeded {}',
      '        +0s    ->  shipping.arrange (ship) {"orderId":"o-1"}',
      '        +0s    <-  ship succeeded {}',
      '        +0s        completed',
      '  paths 0/1, and 100% are asked for; never taken: charge.card-declined',
      '',
      '1 passed, 1 failed, 1 not covered enough',
    ]);
  });

  it('runs the cases that are asked for', async () => {
    const { code, out } = await terminal(['test', passing, '--only', 'declined']);

    expect([code, out]).toEqual([0, expect.stringMatching(/^ {2}ok {4}is declined\n {2}paths 1\/1/m)]);
    expect(out).not.toContain('is charged');
  });

  it('asks for no coverage of a part of the cases', async () => {
    expect(await terminal(['test', passing, '--only', 'charged'])).toMatchObject({ code: 0 });
  });

  it('finds sagas in another folder', async () => {
    const elsewhere = join(folder, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'order.yaml'), order);
    mkdirSync(join(elsewhere, 'tests'));
    writeFileSync(join(elsewhere, 'tests', 'order.tests.yaml'), head + plain + declined);

    expect(await terminal(['test', '-d', elsewhere, join(elsewhere, 'tests')])).toMatchObject({ code: 0 });
  });

  it('gives reports as JSON', async () => {
    const { code, out } = await terminal(['test', '-o', 'json', failing]);
    const [report] = JSON.parse(out) as TestReport[];

    expect(code).toBe(1);
    expect(report).toMatchObject({
      definition: 'order',
      isPassed: false,
      coverage: { missing: ['charge.card-declined'] },
      cases: [{ isPassed: true }, { mismatches: [{ key: 'never', place: { file: failing, line: 7 } }] }],
    });
  });

  it('gives reports as JUnit', async () => {
    const { out } = await terminal(['test', '-o', 'junit', failing]);

    expect(out).toContain(`<testsuite name="order version 1" file="${failing}" tests="3" failures="2">`);
    expect(out).toContain('<testcase name="is charged" classname="order version 1"/>');
    expect(out).toContain('<failure message="never taken: charge.card-declined"/>');
  });

  it('runs nothing of definitions with mistakes', async () => {
    const file = join(folder, 'failing', 'mistaken.yaml');
    writeFileSync(file, head.replace('tests: order', 'tests: oder') + plain);

    const { code, err, out } = await terminal(['test', join(folder, 'failing')]);
    rmSync(file);

    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`${file}:1:8: error: There is no saga "oder" here. Did you mean "order"?`);
  });

  it.each([
    ['a file that is not there', () => ['test', join(folder, 'none.yaml')], 'there is no file or folder'],
    [
      'a file without tests',
      () => ['test', join(folder, 'passing', 'order.yaml')],
      `there is one in ${passing}`,
    ],
    [
      'a case that is not there',
      () => ['test', passing, '--only', 'is chargd'],
      'Did you mean "is charged"?',
    ],
    ['a format that is not there', () => ['test', '-o', 'xml'], 'Allowed choices are text, json, junit'],
  ])('cannot work with %s', async (_what, args, expected) => {
    const { code, err } = await terminal(args());

    expect([code, err]).toEqual([2, expect.stringContaining(expected)]);
  });
});

describe("the shop's tests", () => {
  it('pass and take every exception path', async () => {
    const { code, out } = await terminal(['test', 'apps/shop/definitions']);

    expect([code, out]).toEqual([0, expect.stringContaining('paths 5/5')]);
  });
});
