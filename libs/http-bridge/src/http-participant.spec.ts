import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '#libs/saga';
import { httpParticipants } from './http-participant.js';

const text = `participant: bank
http: { base: 'https://bank.example/v1/', auth: 'secret:bank-token', idempotencyHeader: X-Key }
limits: { concurrency: 4 }
commands:
  open: { http: 'PUT /accounts/{accountId}', statuses: { '422': branch-closed }, rejects: [branch-closed] }
  account: { effect: none, http: 'GET /accounts/{accountId}' }
---
participant: bank-of-events
commands: { open: {} }
`;

describe('participants that are called over HTTP', () => {
  it('are those whose contracts say so, with everything a call needs', () => {
    const { contracts, problems } = compileDefinitions([{ file: 'bank.yaml', text }]);

    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(httpParticipants(contracts)).toEqual([
      {
        name: 'bank',
        base: 'https://bank.example/v1',
        secret: 'bank-token',
        idempotencyHeader: 'X-Key',
        concurrency: 4,
        calls: new Map([
          [
            'bank.open',
            {
              method: 'PUT',
              path: '/accounts/{accountId}',
              statuses: { '422': 'branch-closed' },
              hasEffect: true,
            },
          ],
          ['bank.account', { method: 'GET', path: '/accounts/{accountId}', statuses: {}, hasEffect: false }],
        ]),
      },
    ]);
  });
});
