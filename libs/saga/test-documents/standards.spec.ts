import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import type { Program } from '../src/program.js';
import { resolveSettings } from '../src/resolved/resolve-settings.js';
import { catalogueOf } from '../src/survey/catalogue.js';
import { surveySagas } from '../src/survey/survey-sagas.js';
import { run } from './running-saga.js';

const STANDARD = `standard: standard-errors
version: 1
defaults:
  step: { retry: { attempts: 2, delay: 7s } }
timeout: 3d
catch:
  failed:
    do:
      - emit: tellSupport
        event: support.step-failed
        with: { of: '\${ saga.key }', step: '\${ failure.step }' }
    then: compensate
  out-of-stock: { undo: true }
outcomes:
  compensated: { emit: support.saga-undone, with: { of: '\${ saga.key }' } }
  completed: { emit: support.saga-done }
`;
const ORDER = `saga: order
version: 1
key: input.orderId
use: [standard-errors]
defaults: { step: { retry: { jitter: 0% } } }
catch:
  out-of-stock: compensate
outcomes:
  completed: { emit: shop.order.done }
steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
  - step: charge
    call: payment.charge
    retry: { delay: 1s }
    pivot: true
`;
const sources = (standard = STANDARD, order = ORDER) => [
  { file: 'standard.yaml', text: standard },
  { file: 'order.yaml', text: order },
];

function programOf(...given: Parameters<typeof sources>) {
  const { programs, problems } = compileDefinitions(sources(...given));
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

function handlersOf({ root }: Program) {
  return root.kind === 'scope' ? root.handlers : {};
}

const failing = { 'payment.charge': [{ outcome: 'failed' as const }, { outcome: 'failed' as const }] };

describe('a saga that uses a standard', () => {
  it('handles errors and tells its ends as the standard says', () => {
    const { told, sent, state } = run(programOf(), { orderId: 'o-1' }, failing);

    expect(sent).toEqual(['inventory.reserve', 'payment.charge', 'payment.charge', 'inventory.release']);
    expect(told).toEqual(['support.step-failed', 'support.saga-undone']);
    expect(state?.status).toBe('compensated');
  });

  it('goes by what it says itself where both say something', () => {
    const program = programOf();

    expect(run(program, { orderId: 'o-1' }).told).toEqual(['shop.order.done']);
    expect(handlersOf(program)['out-of-stock']).toMatchObject({ then: 'compensate' });
  });

  it('shows in its resolved form what came from the standard, and the line', () => {
    const { values } = resolveSettings(sources())[0]!;
    const found = (block: string, key: string) =>
      values
        .filter((value) => value.block === block && value.key === key)
        .map(({ value, from, origin }) => [value, from, origin]);

    const standard = 'standard standard-errors';
    expect(found('reserve', 'retry.attempts')).toEqual([[2, `defaults of ${standard}`, 'standard.yaml:4']]);
    expect(found('charge', 'retry.delay')).toEqual([['1s', 'block', 'order.yaml:16']]);
    expect(found('charge', 'retry.jitter')).toEqual([['0%', 'defaults of saga', 'order.yaml:5']]);
    expect(found('', 'timeout')).toEqual([['3d', standard, 'standard.yaml:5']]);
    expect(found('', 'catch.failed.then')).toEqual([['compensate', standard, 'standard.yaml:12']]);
    expect(found('', 'catch.out-of-stock')).toEqual([['compensate', 'saga', 'order.yaml:7']]);
    expect(found('tellSupport', 'event')).toEqual([['support.step-failed', standard, 'standard.yaml:10']]);
    expect(found('', 'outcomes.completed.emit')).toEqual([['shop.order.done', 'saga', 'order.yaml:9']]);
  });

  it('leaves out handlers of what it cannot raise', () => {
    const contract = 'participant: inventory\ncommands: { reserve: {}, release: {} }\n';
    const payment = 'participant: payment\ncommands: { charge: {} }\n';
    const order = ORDER.replace('catch:\n  out-of-stock: compensate\n', '');

    expect(Object.keys(handlersOf(programOf(`${STANDARD}---\n${contract}---\n${payment}`, order)))).toEqual([
      'failed',
    ]);
  });

  it('takes the newest version, or stays with the one it names', () => {
    const second = STANDARD.replace('version: 1', 'version: 2').replace('timeout: 3d', 'timeout: 5d');
    const both = `${STANDARD}---\n${second}`;
    const named = ORDER.replace('[standard-errors]', '[{ standard: standard-errors, version: 1 }]');

    expect(programOf(both).timeoutMs).toBe(5 * 86_400_000);
    expect(programOf(both, named).timeoutMs).toBe(3 * 86_400_000);
  });

  it('hears the first of several where both say something', () => {
    const other = 'standard: quick\nversion: 1\ntimeout: 1d\ncatch: { unknown: incident }\n';
    const program = programOf(`${STANDARD}---\n${other}`, ORDER.replace('[standard', '[quick, standard'));

    expect(program.timeoutMs).toBe(86_400_000);
    expect(Object.keys(handlersOf(program))).toEqual(
      expect.arrayContaining(['out-of-stock', 'unknown', 'failed']),
    );
  });

  it('is surveyed with what the standard does', () => {
    const survey = surveySagas(sources())[0]!;

    expect(survey.touchpoints).toContainEqual(
      expect.objectContaining({ block: 'end', way: 'tells', name: 'support.saga-undone' }),
    );
    expect(survey.touchpoints).toContainEqual(expect.objectContaining({ name: 'support.step-failed' }));
  });

  it('is found with the standard', () => {
    expect(catalogueOf(sources())).toContainEqual({
      kind: 'standard',
      name: 'standard-errors',
      origin: 'standard.yaml:1',
      usedBy: ['saga order: use'],
    });
  });
});
