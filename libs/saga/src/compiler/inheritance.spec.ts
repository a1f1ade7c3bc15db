import { describe, expect, it } from '@jest/globals';
import type { CallUndo, CommandAsk, ScopeNode, SeqNode } from '../node.js';
import type { Values } from '../scope-values.js';
import { compileDefinitions } from './compile-definitions.js';

const shared = `
namespace: shop
timeout: 7d
defaults:
  step: { retry: standard, timeout: { after: 40s, accepted: 5m } }
  compensate: { retry: { attempts: 20 } }
policies:
  retry:
    standard: { attempts: 6, delay: 3s, jitter: 10% }
    patient: { attempts: forever, maxDelay: 10m }
---
participant: payment
timeout: 20s
commands:
  charge: { timeout: 10s, verify: payment.status, undoneBy: payment.refund, input: { properties: { orderId: {}, total: {} } } }
  refund: { retry: { delay: 9s }, input: { properties: { orderId: {} } } }
  status: { effect: none, input: { properties: { orderId: {} } } }
`;

function steps(text: string): readonly CommandAsk[] {
  const saga = `saga: order\nversion: 1\nkey: input.orderId\n${text}`;
  const { programs, problems } = compileDefinitions([
    { file: 'shared.yaml', text: shared },
    { file: 'order.yaml', text: saga },
  ]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return ((programs[0]!.root as ScopeNode).child as SeqNode).children as readonly CommandAsk[];
}

const charge = '{ step: pay, call: payment.charge, compensate: payment.refund';

describe('a setting', () => {
  it('is taken from the block before anything else', () => {
    const [pay] = steps(`steps: [${charge}, timeout: 5s, retry: { attempts: 2 } }]`);

    expect(pay!.timeout).toEqual({ afterMs: 5_000, acceptedMs: 300_000 });
    expect(pay!.retry).toEqual({ attempts: 2, delayMs: 3_000, factor: 2, maxDelayMs: 60_000, jitter: 0.1 });
  });

  it('is taken from the command before its participant', () => {
    const [pay] = steps(`steps: [${charge} }]`);

    expect(pay!.timeout.afterMs).toBe(10_000);
    expect((pay!.undo as CallUndo).timeout.afterMs).toBe(20_000);
  });

  it('is taken from the saga before the namespace', () => {
    const [hold] = steps(
      `defaults: { step: { timeout: 8s } }\nsteps: [{ step: hold, call: stock.hold, compensate: stock.free }]`,
    );

    expect(hold!.timeout).toEqual({ afterMs: 8_000, acceptedMs: 300_000 });
    expect(hold!.retry.attempts).toBe(6);
  });

  it('stands beside a named policy and is nearer than it', () => {
    const [pay] = steps(`steps: [${charge}, retry: { policy: patient, delay: 2s } }]`);

    expect(pay!.retry).toEqual({
      attempts: 'forever',
      delayMs: 2_000,
      factor: 2,
      maxDelayMs: 600_000,
      jitter: 0.1,
    });
  });

  it('of a compensation comes from the command that undoes', () => {
    const [pay] = steps(`steps: [${charge} }]`);

    expect((pay!.undo as CallUndo).retry).toEqual({
      attempts: 20,
      delayMs: 9_000,
      factor: 2,
      maxDelayMs: 60_000,
      jitter: 0.2,
    });
  });
});

describe('a step behind the pivot', () => {
  const pivot = '{ step: hold, call: stock.hold, pivot: true }';

  it('is tried forever, whatever the defaults say', () => {
    const [, ship] = steps(`steps: [${pivot}, { step: ship, call: shipping.send }]`);

    expect(ship!.retry).toEqual({
      attempts: 'forever',
      delayMs: 3_000,
      factor: 2,
      maxDelayMs: 60_000,
      jitter: 0.1,
    });
  });

  it('gives up where it says so itself', () => {
    const [, ship] = steps(`steps: [${pivot}, { step: ship, call: shipping.send, retry: { attempts: 3 } }]`);

    expect(ship!.retry.attempts).toBe(3);
  });
});

describe('a command with a contract', () => {
  const values = {
    input: { orderId: 'o1', total: 5, secret: 'x' },
    self: { sent: { orderId: 'o1', total: 5 }, outcome: 'succeeded' },
  } as unknown as Values;

  it('gets the input cut to what it names', () => {
    const [pay] = steps(`steps: [${charge} }]`);

    expect(pay!.data(values)).toEqual({ orderId: 'o1', total: 5 });
  });

  it('is undone and asked about with what was sent, cut to what those commands name', () => {
    const [pay] = steps(`steps: [${charge} }]`);

    expect((pay!.undo as CallUndo).data!(values)).toEqual({ orderId: 'o1' });
    expect(pay!.verify!.data!(values)).toEqual({ orderId: 'o1' });
  });

  it('is verified in doubt, because it names a query', () => {
    const [pay, hold] = steps(
      `steps: [${charge} }, { step: hold, call: stock.hold, compensate: stock.free }]`,
    );

    expect([pay!.verify!.call, pay!.ifUnknown]).toEqual(['payment.status', 'verify']);
    expect([hold!.verify, hold!.ifUnknown]).toEqual([undefined, 'retry']);
  });

  it('without effect has nothing to undo', () => {
    const [look] = steps('steps: [{ step: look, call: payment.status }]');

    expect([look!.effect, look!.undo, look!.pivot]).toEqual([false, undefined, false]);
  });
});
