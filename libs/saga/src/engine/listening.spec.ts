import { describe, expect, it } from '@jest/globals';
import type { Listener, ScopeNode } from '../node.js';
import {
  event,
  givenSaga,
  handler,
  listener,
  pivot,
  scope,
  seq,
  step,
  tell,
} from '../../test-engine/saga-scenario.js';

const cancelled = listener('cancelled', { raise: 'cancelled-by-customer' });

function listening(listeners: readonly Listener[], parts: Partial<ScopeNode> = {}): ScopeNode {
  return scope('whole', seq('steps', step('one'), step('two')), { listeners, ...parts });
}

describe('an interrupting listener', () => {
  it('listens as long as the scope is open', () => {
    const given = givenSaga(listening([cancelled]));

    expect(given.waits).toEqual(['await cancelled/1/wait']);
    expect(given.whenSucceeds('one').whenSucceeds('two').waits).toEqual(['release cancelled/1/wait']);
  });

  it('stops what is inside and undoes it', () => {
    const heard = givenSaga(listening([cancelled]))
      .whenSucceeds('one')
      .whenHeard('cancelled', { why: 'late' });

    expect(heard.state.failure).toMatchObject({ error: 'cancelled-by-customer', data: { why: 'late' } });
    expect(heard.status).toBe('compensating');
    expect(heard.waits).toEqual(['release cancelled/1/wait']);
  });

  it('is caught by the scope that listens', () => {
    const caught = listening([cancelled], {
      handlers: { 'cancelled-by-customer': handler('continue', { child: step('apologise') }) },
    });

    expect(givenSaga(caught).whenHeard('cancelled').sent).toEqual(['shop.apologise', 'shop.undo-one']);
  });

  it('listens again when the scope begins again', () => {
    const again = listening([cancelled], {
      handlers: { 'cancelled-by-customer': handler('retry', { undo: true }) },
    });
    const heard = givenSaga(again).whenSucceeds('one').whenHeard('cancelled').whenSucceeds('one/undo');

    expect(heard.status).toBe('running');
    expect(heard.whenHeard('cancelled', {}, { id: 'cancelled/1/wait' }).state).toEqual(heard.state);
  });

  it('comes too late once the pivot took effect', () => {
    const late = scope('whole', seq('steps', pivot('ship'), step('two', { undo: undefined as never })), {
      listeners: [listener('cancelled', { raise: 'cancelled-by-customer', child: tell('refused') })],
    });
    const heard = givenSaga(late).whenSucceeds('ship').whenHeard('cancelled');

    expect(heard.status).toBe('running');
    expect(heard.effects).toMatchObject([
      { kind: 'caught', path: 'cancelled.too-late', error: 'cancelled-by-customer' },
      { kind: 'tell', event: 'shop.refused' },
    ]);
    expect(heard.whenSucceeds('two').status).toBe('completed');
  });

  it('comes too late while nobody knows of the pivot', () => {
    const sent = givenSaga(scope('whole', pivot('ship'), { listeners: [cancelled] })).whenHeard('cancelled');

    expect(sent.status).toBe('running');
    expect(sent.whenSucceeds('ship').status).toBe('completed');
  });

  it('says nothing once everything is being undone', () => {
    const undoing = givenSaga(listening([cancelled]))
      .whenSucceeds('one')
      .whenRejected('two');

    expect(undoing.whenHeard('cancelled').state).toBe(undoing.state);
  });
});

describe('a listener that runs beside', () => {
  const noted = listener('moved', { child: step('note', { data: ({ data = null }) => data }) });

  it('runs once for each event with its data', () => {
    const first = givenSaga(listening([noted])).whenHeard('moved', { to: 'A' });
    const second = first.whenHeard('moved', { to: 'B' });

    expect([first.messages, second.messages]).toEqual([['note@1/1/do#1'], ['note@2/1/do#1']]);
    expect(second.opened('note@2/1/do').data).toEqual({ to: 'B' });
  });

  it('is waited for', () => {
    const over = givenSaga(listening([noted]))
      .whenHeard('moved')
      .whenSucceeds('one')
      .whenSucceeds('two');

    expect(over.status).toBe('running');
    expect(over.waits).toEqual(['release moved/1/wait']);
    expect(over.whenSucceeds('note@1/1/do').status).toBe('completed');
  });

  it('stops the body when it goes wrong', () => {
    const wrong = givenSaga(listening([noted]))
      .whenSucceeds('one')
      .whenHeard('moved')
      .whenRejected('note@1/1/do');

    expect(wrong.state.failure?.error).toBe('no');
    expect(wrong.status).toBe('compensating');
  });

  it('lets the body go on when its error is handled', () => {
    const handled = listening([noted], { handlers: { no: handler('retry', { child: step('look') }) } });
    const wrong = givenSaga(handled).whenHeard('moved').whenRejected('note@1/1/do');
    const kept = wrong.whenSucceeds('one');

    expect(kept.sent).toEqual([]);
    expect(kept.whenSucceeds('look').sent).toEqual(['shop.two']);
  });

  it('that has gone wrong behind the body lets the scope end', () => {
    const handled = listening([noted], { handlers: { no: handler('retry') } });
    const over = givenSaga(handled).whenHeard('moved').whenSucceeds('one').whenSucceeds('two');

    expect(over.whenRejected('note@1/1/do').status).toBe('completed');
  });

  it('is waited for behind a handler', () => {
    const handled = listening([noted], {
      handlers: { no: handler('continue', { child: event('calm'), output: () => 'calm' }) },
    });
    const calm = givenSaga(handled).whenRejected('one').whenHeard('moved', {}, { id: 'moved/2/wait' });
    const over = calm.whenHeard('calm');

    expect(over.status).toBe('running');
    expect(over.whenSucceeds('note@1/1/do').status).toBe('completed');
    expect(over.whenSucceeds('note@1/1/do').outputOf('whole')).toBe('calm');
  });
});

describe('a listener of a scope that stands still', () => {
  it('is heard when the scope goes on', () => {
    const inner = scope('inner', step('one'), { listeners: [listener('moved', { child: step('note') })] });
    const outer = scope('outer', inner, {
      timeoutMs: 5_000,
      handlers: { 'timed-out': handler('retry', { child: step('look') }) },
    });
    const heard = givenSaga(outer).whenLater(5_000).whenHeard('moved');

    expect(heard.sent).toEqual([]);
    expect(heard.whenSucceeds('look').messages).toContain('note@1/1/do#1');
  });
});
