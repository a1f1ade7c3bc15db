import type { JsonObject } from '#libs/messaging';
import type { SagaBench } from '../harness/saga-bench.js';
import type { SuitePlayerOptions } from '../harness/suite-player.js';

/** How the tests of an example are played. */
export interface PlayedExample extends Omit<SuitePlayerOptions, 'suite' | 'before'> {
  /** What takes days takes seconds: words of the example, and others in their place. */
  readonly hurried?: Readonly<Record<string, string>>;
  /** Cases that are not played, and why. */
  readonly leftOut?: Readonly<Record<string, string>>;
  readonly before?: (bench: SagaBench, key: string) => Promise<void>;
}

const officeHours = '    calendar: office-hours\n';

/** Examples by the names of their sagas. */
export const playedExamples: Readonly<Record<string, PlayedExample>> = {
  order: { keyField: 'orderId' },
  'order-fulfilment': { keyField: 'orderId' },
  'delivery-quote': { keyField: 'quoteId' },
  'activate-subscription': {
    keyField: 'subscriptionId',
    hurried: { 'coolDown: 30s': 'coolDown: 2s' },
    leftOut: {
      'a success before anything is undone withdraws the plan':
        'its answer has to come between two clocks; double-refund shows it',
    },
  },
  'decide-claim': {
    keyField: 'claimId',
    hurried: {
      [officeHours]: '',
      'after: 60s, to': 'after: 500ms, to',
      'after: 1d, to': 'after: 1s, to',
    },
  },
  'appeal-claim': {
    keyField: 'claimId',
    hurried: { [officeHours]: '' },
    before: denyClaim,
  },
  'screen-applicants': {
    keyField: 'batchId',
    hurried: { 'for: 10m': 'for: 200ms', 'every: 30s': 'every: 200ms' },
  },
  'vet-applicants': {
    keyField: 'batchId',
    leftOut: {
      'a person sees who is missing, and only those are asked again':
        'two minutes of retries have to be cut off; fifty-calls shows it',
    },
  },
  'cancel-order': {
    keyField: 'orderId',
    hurried: { 'timeout: 3d': 'timeout: 12s' },
    events: {
      cancelInLegacy: ({ businessKey }) => ({
        type: 'legacy.order-exported',
        data: { orderId: businessKey, state: 'cancelled' },
      }),
    },
  },
  'reroute-truck': {
    keyField: 'truckId',
    hurried: { 'within: 10m': 'within: 6s' },
    facts: { 'dispatch.route-plan': (key, value) => [{ key, data: { ...value, truckId: key } }] },
  },
  'reallocate-stock': {
    keyField: 'warehouseId',
    facts: {
      'wms.current-wave': (key, value, openedAt) => [{ key, data: { ...value, warehouseId: key, openedAt } }],
    },
  },
  'pick-order': {
    keyField: 'orderId',
    ids: ['p-1'],
    hurried: { 'timeout: 1d': 'timeout: 20s', 'within: 10m': 'within: 8s' },
    leftOut: { 'a scan that is late ends the doubt': 'its scan has to come after the doubt; doubt shows it' },
  },
  'deliver-order': {
    keyField: 'orderId',
    leftOut: {
      'a customer who cancels in time': 'the event has to come within a step; two-trucks shows it',
      'a customer who cancels when the truck is at the door':
        'the event has to come within a step; two-trucks shows it',
    },
  },
  'assign-pickup': {
    keyField: 'orderId',
    ids: ['d-1'],
    leftOut: {
      'they are not held for ever': 'the others need the time it waits for; order-of-steps shows it',
    },
    facts: {
      'wms.driver-at-dock': aboutDriver,
      'telematics.driver-seen': aboutDriver,
    },
  },
  'release-route-plan': {
    keyField: 'planId',
    ids: ['r-1', 'r-2'],
    hurried: { 'window: 30m': 'window: 4s', 'after: 20m': 'after: 1s' },
    leftOut: {
      'a dispatcher knows better, and the rest is released at the end of the window':
        'the answer has to come within the window that is waited for; the test kit shows it',
    },
    facts: {
      'traffic.road': (key, value) =>
        ['r-1', 'r-2'].map((road) => {
          const roadId = `${road} of ${key}`;
          return { key: roadId, data: { ...value, roadId } };
        }),
    },
  },
  'choose-plan': { keyField: 'planId' },
  'large-order': {
    keyField: 'orderId',
    ids: ['c-1'],
    hurried: {
      'timeout: 1m': 'timeout: 8s',
      'after: 4h': 'after: 1s',
      'for: 3d': 'for: 300ms',
      'wait: 1m': 'wait: 2s',
    },
    leftOut: {
      'switched off, it is not asked': 'a toggle is for all sagas at once; agent shows it',
      'what cannot be fulfilled is not held any more':
        'somebody has to refuse the saga that it runs; sagas-of-sagas shows it',
    },
    facts: {
      'sales.account': (key, value) => {
        const customerId = `c-1 of ${key}`;
        return [{ key: customerId, data: { ...value, customerId } }];
      },
    },
  },
};

/** Examples whose tests are played by a spec of their own. */
export const playedElsewhere: Readonly<Record<string, string>> = {
  return: 'returns.e2e.spec.ts',
  'triage-claim': 'agent.e2e.spec.ts',
  'credit-order': 'credit-order.e2e.spec.ts',
};

function aboutDriver(key: string, value: JsonObject) {
  const driverId = `d-1 of ${key}`;
  return [{ key: driverId, data: { ...value, driverId } }];
}

/** The claim that an appeal is about. */
async function denyClaim(bench: SagaBench, claimId: string): Promise<void> {
  await bench.publish('claims.submitted', { claimId, amount: 250_000 });
  const task = await bench.task(claimId);
  const fields = { reason: 'not insured' };
  await bench.answerTask(task, { answer: 'deny', fields, by: 'ada', roles: ['adjudicator'] });
  await bench.ended(claimId, { definition: 'decide-claim' });
}
