import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { exampleFiles, exampleSources } from './example-sagas.fixture.js';

const { programs, problems } = compileDefinitions(exampleSources, exampleFiles);

describe('the examples', () => {
  it('compile together without an error', () => {
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(programs.map(({ definition }) => definition).sort()).toEqual([
      'activate-subscription',
      'appeal-claim',
      'assign-pickup',
      'cancel-order',
      'choose-plan',
      'credit-order',
      'decide-claim',
      'deliver-order',
      'delivery-quote',
      'large-order',
      'order',
      'order-fulfilment',
      'pick-order',
      'reallocate-stock',
      'release-route-plan',
      'reroute-truck',
      'return',
      'screen-applicants',
      'triage-claim',
      'vet-applicants',
    ]);
  });
});
