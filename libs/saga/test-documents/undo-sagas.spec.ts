import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import type { Program } from '../src/program.js';
import { run } from './running-saga.js';
import { sagaOf } from './wrong-document.js';

function saga(steps: string): Program {
  const { programs, problems } = compileDefinitions([{ file: 'saga.yaml', text: sagaOf(steps) }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

const refused = { 'shipping.send': [{ outcome: 'rejected', error: 'no-carrier' }] } as const;
const order = { orderId: 'o1', total: 300 };

const ship = `
  - step: ship
    call: shipping.send
    pivot: true`;

describe('a step that more than one call undoes', () => {
  const charging = saga(`  - step: charge
    call: payment.charge
    compensate:
      - step: refund
        call: payment.refund
        with: { orderId: '\${ self.sent.orderId }', why: '\${ failure.error }' }
        catch:
          closed-card: { do: [{ step: transfer, call: bank.transfer, with: { of: '\${ self.sent.orderId }' } }] }
      - emit: tellBooks
        event: payment.corrected${ship}`);

  it('is undone by all of them', () => {
    const { sent, data, told, finish } = run(charging, order, refused);

    expect(sent).toEqual(['payment.charge', 'shipping.send', 'payment.refund']);
    expect(data['payment.refund']).toEqual({ orderId: 'o1', why: 'no-carrier' });
    expect([told, finish?.status]).toEqual([['payment.corrected'], 'compensated']);
  });

  it('may handle what refuses to be undone', () => {
    const { sent, data, finish } = run(charging, order, {
      ...refused,
      'payment.refund': [{ outcome: 'rejected', error: 'closed-card' }],
    });

    expect(sent.slice(2)).toEqual(['payment.refund', 'bank.transfer']);
    expect([data['bank.transfer'], finish?.status]).toEqual([{ of: 'o1' }, 'compensated']);
  });

  it('waits for a person where it cannot', () => {
    const { incidents, finish } = run(charging, order, {
      ...refused,
      'payment.refund': [{ outcome: 'rejected', error: 'no-money' }],
    });

    expect([incidents, finish]).toEqual([['UNDO_FAILED'], undefined]);
  });

  it('lists what may be sent', () => {
    expect(charging.calls).toEqual(['payment.charge', 'payment.refund', 'bank.transfer', 'shipping.send']);
    expect(charging.emits).toEqual(['payment.corrected']);
  });
});

describe('a group that is undone as a whole', () => {
  const account = saga(`  - group: account
    do:
      - { step: open, call: bank.open, compensate: bank.close-one }
      - { step: fund, call: bank.fund, compensate: bank.return }
    output: { id: '\${ steps.open.output.id }' }
    compensate: { call: bank.close, with: { id: '\${ self.output.id }' } }${ship}`);
  const opened = { 'bank.open': [{ outcome: 'succeeded', data: { id: 'A1' } }] } as const;

  it('is undone by its own command', () => {
    const { sent, data } = run(account, order, { ...opened, ...refused });

    expect(sent.slice(3)).toEqual(['bank.close']);
    expect(data['bank.close']).toEqual({ id: 'A1' });
  });

  it('is undone block by block before it is complete', () => {
    const { sent } = run(account, order, {
      ...opened,
      'bank.fund': [{ outcome: 'rejected', error: 'no-money' }],
    });

    expect(sent.slice(2)).toEqual(['bank.close-one']);
  });
});

describe('a group of which only the whole can be undone', () => {
  const filing = saga(`  - group: file
    do:
      - { step: draft, call: office.draft, compensate: { none: nobody sees a draft } }
      - { step: submit, call: office.submit, compensate: { none: withdrawing the file does it } }
    compensate: office.withdraw
  - group: around
    do: [{ step: sign, call: office.sign, compensate: { none: it stays signed } }]${ship}`);

  it('is undone by its own command', () => {
    expect(run(filing, order, refused).sent.slice(4)).toEqual(['office.withdraw']);
  });

  it('is left as it is before it is complete', () => {
    const { sent, finish } = run(filing, order, {
      'office.submit': [{ outcome: 'rejected', error: 'office-closed' }],
    });

    expect([sent, finish?.status]).toEqual([['office.draft', 'office.submit'], 'compensated']);
  });

  it('is something to undo for handlers around', () => {
    const text = sagaOf(`  - group: outer
    do:
      - group: file
        compensate: office.withdraw
        do: [{ step: submit, call: office.submit, compensate: { none: withdrawing does it } }]
      - { step: sign, call: office.sign, compensate: { none: it stays signed } }
    catch: { rejected: continue }${ship}`);
    const { problems } = compileDefinitions([{ file: 'saga.yaml', text }]);

    expect(problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)).toEqual([
      expect.stringContaining('Say what happens to what was done inside before "rejected"'),
    ]);
  });
});

describe('an undo that may be needless', () => {
  const charging = saga(`  - step: charge
    call: payment.charge
    compensate:
      call: payment.refund
      coolDown: 30s
      unless: { ask: payment.refund-status, if: output.refunded, because: already refunded }${ship}`);

  it.each([
    [true, []],
    [false, ['payment.refund']],
  ])('is asked about: refunded %s', (refunded, sent) => {
    const answers = {
      ...refused,
      'payment.refund-status': [{ outcome: 'succeeded', data: { refunded } }],
    } as const;

    expect(run(charging, order, answers).sent.slice(2)).toEqual(['payment.refund-status', ...sent]);
  });
});
