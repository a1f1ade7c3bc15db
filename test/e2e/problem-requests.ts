import { orderOf } from '../../apps/shop/src/storefront/order.js';
import type { CoordinatorApi, HttpAnswer, Problem } from '../harness/coordinator-api.js';

/** A request that has to be turned down: what is wrong with it, status and code of the answer, and how it is made. */
type ProblemRequest = readonly [
  string,
  number,
  string,
  (api: CoordinatorApi) => Promise<HttpAnswer<Problem>>,
];

/** One request for each reason a coordinator turns requests down for. */
export const problemRequests: readonly ProblemRequest[] = [
  [
    'an unknown saga',
    404,
    'UNKNOWN_SAGA',
    (api) => api.get<Problem>('/sagas/019a9f3c-6b10-7c41-9f2e-8d5b1c7a4e60'),
  ],
  ['an id that is none', 404, 'UNKNOWN_SAGA', (api) => api.get<Problem>('/sagas/order-1')],
  ['an unknown definition', 404, 'UNKNOWN_DEFINITION', (api) => api.start<Problem>('nonsense', {}, 'a')],
  ['an unknown path', 404, 'NOT_FOUND', (api) => api.get<Problem>('/nonsense')],
  [
    'an unknown parked record',
    404,
    'UNKNOWN_PARKED_RECORD',
    (api) => api.settleParked<Problem>({ topic: 'skald.home', part: 0, offset: 999_999 }, 'skip'),
  ],
  ['no idempotency key', 400, 'INVALID_REQUEST', (api) => api.post<Problem>('/sagas/order-fulfilment', {})],
  [
    'an input against the schema',
    422,
    'INVALID_INPUT',
    (api) => api.start<Problem>('order-fulfilment', { orderId: 7 }, 'b'),
  ],
  [
    'a business key that is too long',
    422,
    'INVALID_INPUT',
    (api) =>
      api.start<Problem>('order-fulfilment', { ...orderOf('plain', 1), orderId: 'x'.repeat(3_000) }, 'c'),
  ],
  [
    'a NUL character',
    422,
    'INVALID_INPUT',
    (api) => api.start<Problem>('order-fulfilment', { ...orderOf('plain', 1_031), postcode: 'a\0b' }, 'd'),
  ],
  [
    'a body above the limit',
    413,
    'TOO_LARGE',
    (api) => api.start<Problem>('order-fulfilment', { text: 'x'.repeat(1_100_000) }, 'e'),
  ],
  [
    'a body that is not JSON',
    400,
    'INVALID_REQUEST',
    (api) => raw(api, '/sagas/order-fulfilment', 'application/json', '{"orderId":'),
  ],
  [
    'an unknown content type',
    415,
    'UNSUPPORTED_MEDIA_TYPE',
    (api) => raw(api, '/sagas/order-fulfilment', 'application/xml', '<a/>'),
  ],
  [
    'an unknown action',
    400,
    'INVALID_REQUEST',
    (api) => api.act<Problem>('019a9f3c-6b10-7c41-9f2e-8d5b1c7a4e60', { action: 'explode' }),
  ],
  ['an unknown parameter', 400, 'INVALID_REQUEST', (api) => api.get<Problem>('/sagas?stauts=running')],
  ['an unknown status', 400, 'INVALID_REQUEST', (api) => api.get<Problem>('/sagas?status=done')],
  [
    'a definition with a mistake',
    422,
    'INVALID_DEFINITIONS',
    (api) => raw(api, '/definitions', 'application/yaml', 'saga: x\nversion: one\n'),
  ],
];

function raw(
  api: CoordinatorApi,
  path: string,
  contentType: string,
  body: string,
): Promise<HttpAnswer<Problem>> {
  return api.send<Problem>('POST', path, {
    headers: { 'content-type': contentType, 'idempotency-key': 'raw' },
    body,
  });
}
