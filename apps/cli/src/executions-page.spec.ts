import { describe, expect, it } from '@jest/globals';
import { executionsPage, type ShownExecution } from './executions-page.js';

const reserve: ShownExecution = {
  id: 'reserve/1/do',
  block: 'reserve',
  kind: 'system',
  direction: 'do',
  call: 'inventory.reserve',
  input: { orderId: 'O-1' },
  output: { shelf: 7 },
  outcome: 'succeeded',
  attempts: 2,
  startedAt: '2026-11-21T08:00:00.000Z',
  endedAt: '2026-11-21T08:00:02.000Z',
  log: [{ at: '2026-11-21T08:00:02.000Z', text: 'reserve succeeded after 2.0 s, 2 attempts' }],
};

describe('the page of what was carried out', () => {
  it('tells of each what it was given, what came of it and what happened', () => {
    const { outcome: _, endedAt: __, output: ___, ...open } = reserve;
    const approve: ShownExecution = { ...open, id: 'approve/1/wait', kind: 'human', by: 'bo', attempts: 1 };

    const page = executionsPage([reserve, approve]);

    expect(page).toContain('reserve/1/do: system inventory.reserve, succeeded after 2.0 s, 2 attempts\n');
    expect(page).toContain('Input   {"orderId":"O-1"}');
    expect(page).toContain('Output  {"shelf":7}');
    expect(page).toMatch(/08:00:02.* reserve succeeded after 2.0 s/u);
    expect(page).toContain('approve/1/wait: human inventory.reserve bo, open\n');
  });

  it('says when there is nothing', () => {
    expect(executionsPage([])).toBe('nothing was asked of anybody yet');
  });
});
