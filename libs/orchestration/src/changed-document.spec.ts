import { describe, expect, it } from '@jest/globals';
import { changedDocument, concernOf, type Concern } from './changed-document.js';
import type { StoredDocument } from './definition-store.js';
import { orderProgram } from './use-cases/program.fixture.js';

function stored(text: string): StoredDocument {
  const [kind, name] = text.slice(0, text.indexOf('\n')).split(': ');
  return { kind: kind!, name: name!, version: 0, file: 'a.yaml', text, publishedAt: 0 };
}

function concern(before: string, now: string): Concern {
  return concernOf([changedDocument(stored(before), stored(now))], orderProgram());
}

const payment = (commands: string, more = ''): string =>
  `participant: payment\ncommands: { charge: {}, ${commands} }\n${more}`;

describe('a contract that says something else', () => {
  it('concerns who sends the command', () => {
    const before = 'participant: payment\ncommands: { charge: { retry: 3, timeout: 5s } }\n';
    const now = 'participant: payment\ncommands: { charge: { retry: 4, timeout: 5s } }\n';

    expect(concern(before, now)).toEqual({ kept: ['payment: commands.charge.retry'], atOnce: [] });
  });

  it('concerns nobody else', () => {
    expect(concern(payment('pay: {}'), payment('pay: { timeout: 5s }'))).toEqual({ kept: [], atOnce: [] });
    expect(concern('participant: mail\nretry: 3\n', 'participant: mail\nretry: 4\n').kept).toEqual([]);
  });

  it('counts at once in what it can take and where it is', () => {
    const before = payment('pay: {}', 'limits: { rate: 5/s }\nhttp: { base: https://one.example }\n');
    const now = payment('pay: {}', 'limits: { rate: 9/s }\nhttp: { base: https://two.example }\n');

    expect(concern(before, now)).toEqual({
      kept: [],
      atOnce: ['payment: limits.rate', 'payment: http.base'],
    });
  });

  it('is the same saga in other words for people', () => {
    const now = payment('pay: {}', 'owner: till\ndescription: takes money\n');

    expect(concern(payment('pay: {}'), now)).toEqual({ kept: [], atOnce: [] });
  });
});

describe('a namespace that says something else', () => {
  it('concerns every saga, policy by policy', () => {
    const policies = (patient: number, owner: number): string =>
      `namespace: shop\npolicies: { retry: { patient: { attempts: ${patient} }, owner: { attempts: ${owner} } } }\n`;

    expect(concern(policies(3, 3), policies(4, 3)).kept).toEqual(['shop: policies.retry.patient']);
  });
});
