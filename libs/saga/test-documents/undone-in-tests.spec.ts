import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';
import { SAGA } from './wrong-document.js';

const DEFINITION = `${SAGA}steps:
  - step: book
    call: drivers.book
    compensate: dispatch.call-off
  - group: account
    compensate: [{ step: look, call: bank.find }, { step: drain, call: bank.drain }, { step: close, call: bank.close }]
    do:
      - { step: open, call: bank.open, compensate: bank.delete }
  - group: parcel
    compensate: carrier.fetch
    do:
      - { step: pack, call: warehouse.pack, compensate: warehouse.unpack }
      - { step: hand, call: carrier.hand, compensate: carrier.return }
  - step: charge
    call: payment.charge
    pivot: true
`;

const CONTRACTS = `participant: bank
commands: { open: {}, delete: {}, drain: {}, close: {}, find: { effect: none } }
`;

/** What a case claims and does not get; its answer to what the steps before the charge have done is to undo it. */
function missed(then: string, when = 'charge: { rejected: declined }') {
  const { tests, problems } = compileDefinitions([
    { file: 'order.yaml', text: DEFINITION },
    { file: 'contracts.yaml', text: CONTRACTS },
    {
      file: 'order.tests.yaml',
      text: `tests: order\nversion: 1\ngiven: { start: { input: { orderId: o-1 } } }\ncases:\n  - { test: a, when: { ${when} }, then: ${then} }\n`,
    },
  ]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return runTests(tests[0]!).cases[0]!.mismatches;
}

describe('what a case says was undone', () => {
  it('names what groups, lists of blocks and other participants undo', () => {
    const then = '{ undone: [carrier.fetch, bank.drain, bank.close, dispatch.call-off] }';

    expect(missed(then)).toEqual([]);
  });

  it('is not nothing where another participant undoes it', () => {
    const when = 'open: { failed: permanent }';

    expect(missed('{ undone: [] }', when)).toMatchObject([{ key: 'undone', actual: ['dispatch.call-off'] }]);
  });

  it('names nothing that was tried in vain', () => {
    const when = 'charge: { rejected: declined }, carrier.fetch: { rejected: gone }';

    expect(missed('{ undone: [], incident: parcel }', when)).toEqual([]);
  });
});
