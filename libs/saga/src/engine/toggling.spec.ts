import { describe, expect, it } from '@jest/globals';
import type { Node, ScopeNode } from '../node.js';
import {
  givenSaga,
  handler,
  listener,
  pivot,
  scope,
  seq,
  step,
  type Scenario,
} from '../../test-engine/saga-scenario.js';

const handlers = { 'switched-off': handler('continue', { output: () => 'by hand' }) };

function toggled(child: Node, parts: Partial<ScopeNode> = {}): ScopeNode {
  return scope('agent', child, { toggle: 'agentTriage', handlers, ...parts });
}

function given(node: Node, isOn: boolean): Scenario {
  return givenSaga(node, {}, 'saga-1', { agentTriage: isOn });
}

describe('a block with a toggle', () => {
  it('runs while the toggle is on', () => {
    expect(given(toggled(step('triage')), true).sent).toEqual(['shop.triage']);
  });

  it('is not begun while the toggle is off', () => {
    const off = given(seq('steps', toggled(step('triage')), step('route')), false);

    expect(off.sent).toEqual(['shop.route']);
    expect(off.outputOf('agent')).toBe('by hand');
  });

  it('is stopped when somebody switches it off', () => {
    const off = given(
      seq('steps', toggled(step('triage', { effect: false })), step('route')),
      true,
    ).whenSwitched('agentTriage', false);

    expect(off.sent).toEqual(['shop.route']);
    expect(off.outcomeOf('agent')).toBe('switched-off');
  });

  it('raises an error that everything is undone for where nobody catches it', () => {
    const off = given(seq('steps', step('one'), toggled(step('triage'), { handlers: {} })), true)
      .whenSucceeds('one')
      .whenSwitched('agentTriage', false);

    expect(off.state.failure?.error).toBe('switched-off');
    expect(off.status).toBe('compensating');
  });

  it('is not stopped while it awaits the pivot', () => {
    const off = given(toggled(pivot('ship')), true).whenSwitched('agentTriage', false);

    expect(off.whenSucceeds('ship').outcomeOf('agent')).toBe('succeeded');
  });

  it('does not begin again while the toggle is off', () => {
    const again = toggled(step('triage'), {
      handlers: { 'switched-off': handler('retry', { child: step('look') }) },
    });
    const off = given(again, true).whenSwitched('agentTriage', false);

    expect(off.whenSucceeds('look').sent).toEqual(['shop.look']);
    expect(off.whenSwitched('agentTriage', true).whenSucceeds('look').status).toBe('running');
  });

  it('is tried again by what is around it as often as that says, and no more', () => {
    const retry = { 'switched-off': handler('retry') };
    const bodies = [toggled(step('triage'), { handlers: {} })].flatMap((agent) => [
      agent,
      seq('inside', agent, step('note')),
      scope('time', seq('inside', agent)),
    ]);
    for (const body of bodies) {
      const off = given(seq('steps', step('one'), scope('group', body, { handlers: retry })), false);

      expect(off.whenSucceeds('one')).toMatchObject({ status: 'compensating', sent: ['shop.undo-one'] });
    }
  });

  it('is not gone on with inside where it was switched off while an error from there was handled', () => {
    const agent = toggled(seq('inside', step('triage'), step('note')), { handlers: {} });
    const retry = { no: handler('retry', { child: step('look') }) };
    const off = given(seq('steps', scope('group', agent, { handlers: retry })), true)
      .whenSucceeds('triage')
      .whenRejected('note')
      .whenSwitched('agentTriage', false)
      .whenSucceeds('look');

    expect(off.state.failure?.error).toBe('switched-off');
    expect(off.sent).not.toContain('shop.note');
  });

  it('does not let an answer end what an event has stopped, where both came while it stood still', () => {
    const inner = scope('inner', step('triage'), {
      listeners: [listener('recalled', { raise: 'recalled' })],
      handlers: { recalled: handler('compensate', { child: step('look') }) },
    });
    const agent = toggled(inner, { handlers: { 'switched-off': handler('retry', { child: step('rest') }) } });
    const both = given(seq('steps', agent, step('route')), true)
      .whenSwitched('agentTriage', false)
      .whenHeard('recalled')
      .whenSucceeds('triage')
      .whenSwitched('agentTriage', true)
      .whenSucceeds('rest');

    expect(both.sent).toEqual(['shop.look']);
    expect(both.whenSucceeds('look')).toMatchObject({
      status: 'compensating',
      state: { failure: { error: 'recalled' } },
    });
  });

  it('stays stopped where it was switched off while it stood still', () => {
    const outer = scope('outer', toggled(step('triage'), { handlers: {} }), {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('retry', { child: step('look') }) },
    });
    const off = given(outer, true).whenLater(5_000).whenSwitched('agentTriage', false).whenSucceeds('look');

    expect(off.state.failure?.error).toBe('switched-off');
  });
});

describe('a toggle', () => {
  it('that the saga does not have changes nothing', () => {
    const before = given(toggled(step('triage')), true);

    expect(before.whenSwitched('other', false).state).toBe(before.state);
  });

  it('changes under the saga that runs', () => {
    const later = step('route', { data: ({ toggles }) => ({ ...toggles }) });
    const off = given(seq('steps', step('one'), later), true)
      .whenSwitched('agentTriage', false)
      .whenSucceeds('one');

    expect(off.opened('route').data).toEqual({ agentTriage: false });
  });
});
