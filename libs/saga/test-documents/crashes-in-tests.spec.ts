import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';
import { SAGA } from './wrong-document.js';

/** Whether a case passes that crashes at every input of this saga. */
function survives(definition: string, when: string): boolean {
  const { tests, problems } = compileDefinitions([
    { file: 'order.yaml', text: `${SAGA}${definition}` },
    {
      file: 'order.tests.yaml',
      text: `tests: order\nversion: 1\ngiven: { start: { input: { orderId: o-1 } } }\ncases:\n  - { test: a, when: { crash: at every input, ${when} }, then: { outcome: completed } }\n`,
    },
  ]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return runTests(tests[0]!).isPassed;
}

describe('an event that comes once more because somebody crashed', () => {
  it('is heard once by what runs beside', () => {
    const definition = `listen: [{ event: shop.order.noted, do: [{ emit: told, event: shop.order.read, with: {} }] }]
steps: [{ wait: later, for: 2h }]
`;

    expect(survives(definition, 'shop.order.noted: { after: 1h }')).toBe(true);
  });

  it('counts once where a number of them stands in for another', () => {
    const definition = `steps: [{ wait: paid, event: shop.order.paid, match: data.full, default: { events: 2, after: 3h, do: [{ end: unpaid }] } }]
`;

    const when =
      'shop.order.paid: { after: 1h, data: { full: false } }, paid: { after: 2h, data: { full: true } }';

    expect(survives(definition, when)).toBe(true);
  });
});
