import { describe, expect, it } from '@jest/globals';
import { costPage } from './cost-page.js';

const nothing = { calls: [], people: [], humanSeconds: 0, used: {}, unread: [] };

describe('the page of what a saga took', () => {
  it('tells of participants and people, and of all together', () => {
    const page = costPage({
      calls: [
        { participant: 'claims-agent', commands: 1, attempts: 2, used: { tokens: 1_840, 'cost-eur': 0.012 } },
        { participant: 'payment', commands: 2, attempts: 2, used: {} },
      ],
      people: [{ block: 'review', by: 'ann', seconds: 93, since: 'claimed' }],
      humanSeconds: 93,
      used: { tokens: 1_840, 'cost-eur': 0.012 },
      unread: ['a lot'],
    });

    expect(page.split('\n')).toEqual([
      'participant   commands  attempts  used',
      'claims-agent         1         2  tokens 1840, cost-eur 0.012',
      'payment              2         2  -',
      'all                  3         4  tokens 1840, cost-eur 0.012',
      '',
      'task    person  took      since it was',
      'review  ann     1 m 33 s  claimed',
      'all             1 m 33 s',
      '',
      'Not understood:',
      '  a lot',
    ]);
  });

  it('says when there is nothing', () => {
    expect(costPage(nothing)).toBe('it has sent no command, and nobody has answered a task of it yet');
  });
});
