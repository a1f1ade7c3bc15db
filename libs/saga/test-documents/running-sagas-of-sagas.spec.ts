import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';

const billing = `saga: billing
version: 1
key: input.orderId
input: { type: object, required: [orderId], properties: { orderId: { type: string } } }
steps:
  - step: charge
    call: payment.charge
    compensate: payment.refund
`;

function tested(blocks: string, cases: string) {
  const order = `saga: order
version: 1
key: input.orderId
steps:
${blocks}
  - step: ship
    call: shipping.send
    pivot: true
`;
  const tests = `tests: order
version: 1
given: { start: { input: { orderId: o1, total: 5 } } }
cases:
${cases}
`;
  const { tests: suites, problems } = compileDefinitions(
    [billing, order, tests].map((text, index) => ({ file: `${index}.yaml`, text })),
  );
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { cases: reports } = runTests(suites[0]!);
  return reports.map(({ mismatches }) => mismatches);
}

describe('a saga that runs another one', () => {
  it('waits for its end', () => {
    expect(
      tested(
        `  - saga: bill
    definition: billing
    catch:
      failed: { do: [{ end: not-billed }] }
  - set: result
    value: \${ steps.bill.output.result.orValue('nothing') }`,
        `  - test: it is billed
    when: { bill: { after: 1h, completed: { status: completed, result: paid } } }
    then: { outcome: completed, after: 1h, outputs: { result: paid }, sent: [shipping.send] }
  - test: it is not billed
    when: { bill: { ended: compensated } }
    then: { result: not-billed, never: [shipping.send] }`,
      ),
    ).toEqual([[], []]);
  });

  it('has it undone', () => {
    expect(
      tested(
        `  - saga: bill
    definition: billing`,
        `  - test: it is undone with the order
    when: { ship: { rejected: no-carrier } }
    then: { outcome: compensated }`,
      ),
    ).toEqual([[]]);
  });

  it('may undo it in another way', () => {
    expect(
      tested(
        `  - saga: tell
    definition: billing
    detached: true
    compensate: { call: billing.stop, with: { orderId: '\${ self.sent.orderId }' } }`,
        `  - test: it is stopped
    when: { ship: { rejected: no-carrier } }
    then: { outcome: compensated, sent: [shipping.send, billing.stop], data: { billing.stop: { orderId: o1 } } }`,
      ),
    ).toEqual([[]]);
  });
});
