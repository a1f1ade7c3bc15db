import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';
import { nodesIn } from '../src/compiler/node-walk.js';
import { resolveSettings } from '../src/resolved/resolve-settings.js';
import { surveySagas } from '../src/survey/survey-sagas.js';

const SHOP = `namespace: shop
default: true
owner: shop-team
timeout: 5d
defaults: { step: { retry: patient } }
policies: { retry: { patient: { attempts: 7 } } }
roles: { clerk: { authority: 1 }, lead: { authority: 2 } }
calendars: { shop-hours: { zone: UTC, open: { mon: ['09:00-17:00'] } } }
secrets: [shop-token]
`;
const CLAIMS = `namespace: claims
owner: claims-team
timeout: 9d
`;
const FRAGMENT = `fragment: notify
version: 1
steps:
  - include: inner
    fragment: notify-inner
---
fragment: notify-inner
version: 1
steps:
  - { step: mail, call: mail.send, with: {}, retry: patient, compensate: { none: it stays sent } }
`;
const EXPORTS = 'exports: { fragments: [notify], retry: [patient], roles: [lead], secrets: [shop-token] }\n';

function compiled(saga: string, exports = '', more = '') {
  const sources = [
    { file: 'shop.yaml', text: SHOP + exports },
    { file: 'claims.yaml', text: CLAIMS },
    { file: 'shared.yaml', text: FRAGMENT },
    { file: 'saga.yaml', text: saga + more },
  ];
  const { programs, problems } = compileDefinitions(sources);
  const errors = problems.filter(({ severity }) => severity === 'error').map(formatProblem);
  return { sources, programs, errors };
}

function saga(steps: string, belongsTo = 'belongsTo: claims\n'): string {
  return `saga: appeal\nversion: 1\nkey: input.id\n${belongsTo}steps:\n  - ${steps}\n`;
}

const NOTIFYING = '{ include: tell, fragment: notify }';
const ASKING =
  '{ task: approve, to: { role: lead }, answers: { agree: [] }, escalate: [{ after: 1d, to: { role: lead } }] }';
const CALLING = '{ step: ask, call: claims.ask, retry: patient, compensate: { none: it only asks } }';

describe('a document of a namespace', () => {
  it.each([
    [
      'a fragment',
      NOTIFYING,
      'saga.yaml:6:32: error: The fragment "notify" belongs to namespace "shop", which keeps it for itself. Write `exports: { fragments: [notify] }` there, or use one of namespace "claims".',
    ],
    [
      'a role',
      ASKING,
      'saga.yaml:6:34: error: The role "lead" belongs to namespace "shop", which keeps it for itself. Write `exports: { roles: [lead] }` there, or use one of namespace "claims".',
    ],
    [
      'a retry policy',
      CALLING,
      'saga.yaml:6:43: error: The retry policy "patient" belongs to namespace "shop", which keeps it for itself. Write `exports: { retry: [patient] }` there, or use one of namespace "claims".',
    ],
  ])('cannot use %s of another one until that exports it', (_, block, message) => {
    expect(compiled(saga(block)).errors).toContain(message);
    expect(compiled(saga(block), EXPORTS).errors).toEqual([]);
  });

  it('cannot use a secret of another one until that exports it', () => {
    const hook = 'triggers: [{ webhook: appealed, secret: secret:shop-token }]\nsteps: []\n';
    const text = `saga: appeal\nversion: 1\nkey: input.id\nbelongsTo: claims\n${hook}`;

    expect(compiled(text).errors).toEqual([
      'saga.yaml:5:41: error: The secret "shop-token" belongs to namespace "shop", which keeps it for itself. Write `exports: { secrets: [shop-token] }` there, or use one of namespace "claims".',
    ]);
    expect(compiled(text, EXPORTS).errors).toEqual([]);
  });

  it('cannot use its tables, standards and calendars either', () => {
    const table =
      'decision: rates\nversion: 1\nhit: first\ninputs: { a: { type: integer } }\nrules: [{ rule: any, if: a > 0, output: 1 }]\ndefault: 0\n';
    const standard = 'standard: quick\nversion: 1\ntimeout: 1d\n';
    const own = saga("{ decide: rate, table: rates, with: { a: '${ input.a }' } }").replace(
      'steps:',
      'use: [quick]\nsteps:',
    );

    expect(compiled(own, '', `---\n${table}---\n${standard}`).errors).toEqual([
      expect.stringContaining('The standard "quick" belongs to namespace "shop"'),
      expect.stringContaining('The decision "rates" belongs to namespace "shop"'),
    ]);
    expect(
      compiled(own, 'exports: { decisions: [rates], standards: [quick] }\n', `---\n${table}---\n${standard}`)
        .errors,
    ).toEqual([]);
    expect(
      compiled(saga(ASKING.replace('answers', 'calendar: shop-hours, answers')), EXPORTS).errors,
    ).toEqual([expect.stringContaining('The calendar "shop-hours" belongs to namespace "shop"')]);
  });

  it('reaches through what is exported to what that uses', () => {
    const { programs } = compiled(saga(NOTIFYING), EXPORTS);
    const command = nodesIn(programs[0]!.root).find((node) => node.kind === 'ask');

    expect(command).toMatchObject({ call: 'mail.send', retry: { attempts: 7 } });
  });

  it('has the defaults, the time and the owner of its own', () => {
    const step = '{ step: ask, call: claims.ask, compensate: { none: it only asks } }';
    const inClaims = compiled(saga(step));
    const inShop = compiled(saga(step, ''));
    const attempts = ({ sources }: typeof inShop) =>
      resolveSettings(sources)[0]!
        .values.filter(({ key }) => key === 'retry.attempts')
        .map(({ value, from }) => [value, from]);

    expect([inClaims.programs[0]!.timeoutMs, inClaims.programs[0]!.owner]).toEqual([
      9 * 86_400_000,
      'claims-team',
    ]);
    expect([inShop.programs[0]!.timeoutMs, inShop.programs[0]!.owner]).toEqual([5 * 86_400_000, 'shop-team']);
    expect(attempts(inClaims)).toEqual([[10, 'built in']]);
    expect(attempts(inShop)).toEqual([[7, 'policy patient of namespace shop']]);
    expect(surveySagas(inClaims.sources)[0]).toMatchObject({ owner: 'claims-team' });
  });
});
