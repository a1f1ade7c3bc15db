import { describe, expect, it } from '@jest/globals';
import {
  each,
  givenSaga,
  pivot,
  plain,
  program,
  seq,
  step,
  verifiedBy,
  type Scenario,
} from '../../test-engine/saga-scenario.js';
import { believedCommand, believedCommands } from './believed-commands.js';

const order = program(seq('steps', step('reserve'), step('charge'), pivot('ship')));
const once = { attempts: 1, delayMs: 1, factor: 1, maxDelayMs: 1, jitter: 0 } as const;
const reserved = (): Scenario => givenSaga(order).whenSucceeds('reserve');

function standings({ state }: Scenario, definition = order): Readonly<Record<string, string>> {
  return Object.fromEntries(
    believedCommands(definition, state).map(({ name, standing }) => [name, standing]),
  );
}

describe('what a saga believes of its commands', () => {
  it('is that an answered one is done and a sent one open', () => {
    expect(standings(reserved())).toEqual({ 'reserve/1/do': 'done', 'charge/1/do': 'open' });
  });

  it('is that a refused one took no effect, and that its forerunner is being undone', () => {
    expect(standings(reserved().whenRejected('charge'))).toEqual({
      'charge/1/do': 'undone',
      'reserve/1/do': 'open',
      'reserve/1/undo': 'open',
    });
  });

  it('is that what was undone is undone', () => {
    const ended = reserved().whenRejected('charge').whenSucceeds('reserve/undo');

    expect(ended.status).toBe('compensated');
    expect(standings(ended)).toMatchObject({ 'reserve/1/do': 'undone', 'reserve/1/undo': 'undone' });
  });

  it('is that its participant need not know of what others or people undid', () => {
    const { retry, timeout } = step('reserve');
    const elsewhere = step('reserve', { undo: { call: 'depot.release', retry, timeout } });
    const foreign = program(seq('steps', elsewhere, step('charge')));
    const released = givenSaga(foreign).whenSucceeds('reserve').whenRejected('charge');
    const fixed = reserved().whenFixed('reserve').whenRejected('charge');

    expect(standings(released.whenSucceeds('reserve/undo'), foreign)).toMatchObject({
      'reserve/1/do': 'waived',
    });
    expect(fixed.status).toBe('compensated');
    expect(standings(fixed)).toMatchObject({ 'reserve/1/do': 'waived' });
  });

  it('is that a step stands whose undo was refused', () => {
    const stuck = reserved().whenRejected('charge').whenRejected('reserve/undo');

    expect(believedCommand(order, stuck.state, 'reserve/1/do')).toMatchObject({
      standing: 'done',
      isStuck: true,
      isCancellable: false,
    });
  });

  it('is nothing sure where it gave up asking', () => {
    const lone = program(plain('ship', { retry: once }), { forwardOnly: true });
    const doubtful = givenSaga(lone).whenSilent();

    expect(doubtful.incidents).toEqual({ ship: 'UNKNOWN' });
    expect(believedCommand(lone, doubtful.state, 'ship/1/do')).toMatchObject({
      standing: 'unknown',
      isStuck: true,
    });
  });

  it("is that queries, and what a person passed over, are not its participant's to know", () => {
    const looking = program(seq('steps', plain('look', { effect: false }), pivot('ship')));
    const looked = givenSaga(looking).whenSucceeds('look');
    const lone = program(plain('ship', { retry: once }), { forwardOnly: true });
    const skipped = givenSaga(lone).whenSilent().whenSkipped('ship');

    expect(standings(looked, looking)).toMatchObject({ 'look/1/do': 'waived' });
    expect(skipped.status).toBe('completed');
    expect(standings(skipped, lone)).toEqual({ 'ship/1/do': 'waived' });
  });

  it('has no place for questions and for names never used', () => {
    const asking = program(step('charge', verifiedBy('shop.look')));
    const { state } = givenSaga(asking).whenSilent();

    expect(believedCommand(asking, state, 'charge/1/verify')).toBeUndefined();
    expect(believedCommand(asking, state, 'charge/7/do')).toBeUndefined();
    expect(believedCommand(asking, state, 'charge/1/do')).toBeDefined();
  });

  it('names the item of a loop for whoever repairs it', () => {
    const many = program(each('all', ['a', 'b'], step('pick')));
    const { state } = givenSaga(many);

    expect(believedCommands(many, state).map(({ block, place }) => [block, place])).toEqual([
      ['pick', 'pick@a'],
      ['pick', 'pick@b'],
    ]);
  });

  it('is stuck at the item alone whose command is', () => {
    const many = program(each('all', ['a', 'b'], plain('pick', { retry: once })), { forwardOnly: true });
    const { state } = givenSaga(many).whenSucceeds('pick@b').whenSilent();

    expect(believedCommands(many, state).map(({ place, isStuck }) => [place, isStuck])).toEqual([
      ['pick@a', true],
      ['pick@b', false],
    ]);
  });

  it('tells whether it can still be cancelled', () => {
    const shipped = reserved().whenSucceeds('charge').whenSucceeds('ship');

    expect(believedCommand(order, reserved().state, 'reserve/1/do')?.isCancellable).toBe(true);
    expect(believedCommand(order, shipped.state, 'reserve/1/do')?.isCancellable).toBe(false);
  });
});
