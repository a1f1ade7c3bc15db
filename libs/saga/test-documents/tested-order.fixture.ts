import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';
import { runTests, type CaseReport, type TestReport } from '../src/trial/run-tests.js';

const ORDER = `saga: order
version: 1
key: input.orderId
timeout: 3d
toggles: { giftWrap: { default: true } }
triggers: [{ event: shop.order.placed, gates: { has-a-value: data.total > 0 } }]
steps:
  - step: reserveStock
    call: inventory.reserve
    compensate: inventory.release
    catch: { out-of-stock: { undo: false, do: [{ wait: nextDay, for: 1d }], then: retry, times: 1 } }
  - step: chargeCard
    call: payment.charge
    with: { orderId: '\${ input.orderId }', amount: '\${ input.total }' }
    compensate: payment.refund
    retry: { attempts: 3, delay: 1s, jitter: 0% }
    timeout: 10s
  - choice: size
    cases: [{ case: large, if: input.total > 1000, do: [{ step: insure, call: insurance.insure, compensate: { none: it lapses } }] }]
    else: []
  - step: arrangeShipping
    call: shipping.arrange
    pivot: true
    catch: { no-carrier: [{ end: fetched }] }
outcomes:
  completed: { emit: shop.order.fulfilled, with: { orderId: '\${ input.orderId }', code: '\${ steps.?arrangeShipping.output.code.orValue("none") }' } }
`;

const CONTRACTS = `participant: inventory
commands:
  reserve: { rejects: [out-of-stock], undoneBy: inventory.release }
  release: { rejects: [locked-up] }
---
participant: payment
commands:
  charge:
    rejects: [card-declined]
    undoneBy: payment.refund
    verify: payment.charge-status
    output: { type: object, properties: { chargeId: { type: string }, amount: { type: integer, minimum: 5 } }, additionalProperties: false }
  refund: {}
  charge-status: { effect: none, rejects: [not-found] }
---
participant: shipping
commands:
  arrange: { rejects: [no-carrier], output: { type: object, properties: { code: { type: string, examples: [T1] } } } }
---
participant: insurance
commands: { insure: {} }
`;

const HEAD = `tests: order
version: 1
given: { start: { event: shop.order.placed, data: { orderId: o-1, total: 100 } } }
`;

/** Runs these cases of the order, each written in one line. */
export function tested(cases: string, head = HEAD): TestReport {
  const { tests, problems } = compileDefinitions(sourcesOf(`${head}cases:\n${cases}\n`));
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return runTests(tests[0]!);
}

/** What came of one case. */
export function testedOne(text: string): CaseReport {
  return tested(`  - ${text}`).cases[0]!;
}

/** What the author of these cases is told. */
export function complaintsAbout(cases: string, head = HEAD): readonly string[] {
  const { problems } = compileDefinitions(sourcesOf(`${head}cases:\n${cases}\n`));
  return problems
    .filter(({ severity }) => severity === 'error')
    .map((problem) => formatProblem(problem).replace(/^order\.tests\.yaml:/, ''));
}

function sourcesOf(text: string) {
  return [
    { file: 'order.yaml', text: ORDER },
    { file: 'contracts.yaml', text: CONTRACTS },
    { file: 'order.tests.yaml', text },
  ];
}
