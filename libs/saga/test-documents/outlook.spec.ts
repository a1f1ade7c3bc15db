import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { outlookOf } from '../src/engine/outlook.js';
import { givenSaga } from '../test-engine/saga-scenario.js';
import { sagaOf } from './wrong-document.js';

const contracts = `participant: shop
events:
  shop.order.paid: { key: data.orderId }
  shop.order.cancelled: { key: data.orderId }
`;

function given(steps: string) {
  const { programs } = compileDefinitions([
    { file: 'contracts.yaml', text: contracts },
    { file: 'saga.yaml', text: sagaOf(steps) },
  ]);
  return { program: programs[0]!, saga: givenSaga(programs[0]!, { orderId: 'O1' }) };
}

function outlook(steps: string) {
  const { program, saga } = given(steps);
  return outlookOf(program, saga.state);
}

const paid = `  - wait: paid
    event: shop.order.paid
    key: input.orderId`;

describe('the outlook of a saga that waits', () => {
  it('says for what, since when and under which name', () => {
    const { program, saga } = given(paid);

    expect(outlookOf(program, saga.state)).toEqual({
      waits: [
        {
          id: 'paid/1/wait',
          channel: 'event',
          block: 'paid',
          since: saga.state.at,
          until: saga.state.at + 30 * 86_400_000,
          request: { subscriptions: [{ event: 'shop.order.paid', key: 'O1' }] },
          isBeside: false,
        },
      ],
      isBusy: false,
      mayTell: [],
    });
  });

  it('says when it goes on by itself', () => {
    const { program, saga } = given(`${paid}\n    default: { after: 10m, events: 3, do: [] }`);

    expect(outlookOf(program, saga.state)).toMatchObject({
      endsAt: saga.state.at + 600_000,
      waits: [{ endsAfterEvents: 3, until: saga.state.at + 600_000 }],
    });
    const heard = saga.whenHeard('paid', {}, { event: { id: 'e', source: '/s', type: 'x', time: '' } });
    expect(outlookOf(program, heard.state).waits).toMatchObject([{ endsAfterEvents: 2 }]);
  });

  it('tells what is only listened for', () => {
    expect(
      outlook(`  - group: all
    listen: [{ event: shop.order.cancelled, key: input.orderId, raise: cancelled-by-customer }]
    catch: { cancelled-by-customer: continue }
    do:
    ${paid.replaceAll('\n', '\n    ')}`).waits.map(({ block, isBeside }) => [block, isBeside]),
    ).toEqual(
      expect.arrayContaining([
        ['paid', false],
        [expect.anything(), true],
      ]),
    );
  });
});

describe('the outlook of a saga that does something else', () => {
  it.each<[string, string]>([
    ['an answer', '  - step: charge\n    call: payment.charge\n    compensate: payment.refund'],
    ['time', '  - wait: pause\n    for: 1h'],
  ])('waits for %s as well', (_, step) => {
    const both = `  - parallel: both
    branches:
      one:
      ${paid.replaceAll('\n', '\n      ')}
      other:
      ${step.replaceAll('\n', '\n      ')}`;

    expect(outlook(both)).toMatchObject({ isBusy: true, waits: [{ block: 'paid' }] });
  });

  it('has none when it has ended', () => {
    const { program, saga } = given(`${paid}\n  - end: well`);

    expect(outlookOf(program, saga.whenHeard('paid').state)).toEqual({
      waits: [],
      isBusy: false,
      mayTell: [],
    });
  });
});

describe('what a saga may yet publish', () => {
  const tell = (name: string, value: string) =>
    `  - emit: ${name}\n    event: shop.order.${name}\n    with: { orderId: '${value}' }`;

  it('is what it has not published, with its data where they are known', () => {
    const { mayTell } = outlook(
      [
        tell('before', '${ input.orderId }'),
        paid,
        tell('after', '${ input.orderId }'),
        tell('later', '${ steps.paid.output.orderId }'),
      ].join('\n'),
    );

    expect(mayTell).toEqual([
      { event: 'shop.order.after', block: 'after', data: { orderId: 'O1' } },
      { event: 'shop.order.later', block: 'later' },
    ]);
  });
});
