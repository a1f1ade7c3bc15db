import { CommandHandlers, accepted, rejected, TransientError, type CommandContext } from '#libs/participant';
import type { EffectLedger } from './effect-ledger.js';
import type { RandomDefinition } from './random-definition.js';
import type { SimulatedWorld } from './simulated-world.js';

/** Names the participant of all random definitions. */
export const randomParticipant = 'work';

type Fate = 'done' | 'refused' | 'fails-once' | 'fails-often' | 'slow' | 'later' | 'silent-then-done';

const fates: readonly Fate[] = [
  'done',
  'done',
  'done',
  'done',
  'done',
  'refused',
  'fails-once',
  'fails-often',
  'slow',
  'later',
  'silent-then-done',
];
const undoFates: readonly Fate[] = ['done', 'done', 'done', 'fails-once', 'slow', 'later'];

/**
 * Handlers of the commands of steps: `work.do-<step>` does something, `work.undo-<step>` takes it back. What becomes of
 * an operation is drawn when it comes for the first time, and stays so whoever asks.
 */
export function randomHandlers(
  world: SimulatedWorld,
  ledger: EffectLedger,
  { steps, covers }: Pick<RandomDefinition, 'steps' | 'covers'>,
): CommandHandlers<undefined> {
  const fatesOf = new Map<string, Fate>();
  const tries = new Map<string, number>();
  const fateOf = (operation: string, from: readonly Fate[]): Fate => {
    const fate = fatesOf.get(operation) ?? world.chance.pick(from);
    fatesOf.set(operation, fate);
    return fate;
  };
  const carryOut = async (
    { operation }: CommandContext<undefined>,
    from: readonly Fate[],
    act: () => void,
  ) => {
    const tried = (tries.get(operation) ?? 0) + 1;
    tries.set(operation, tried);
    switch (fateOf(operation, from)) {
      case 'refused':
        return rejected('sold-out');
      case 'fails-once':
      case 'fails-often':
        if (tried <= (fateOf(operation, from) === 'fails-once' ? 1 : 7))
          throw new TransientError('try again');
        break;
      case 'slow':
        await pause(world, 3_000);
        break;
      case 'silent-then-done':
        await pause(world, 15_000);
        break;
      case 'later':
        completeLater(world, operation, act);
        return accepted();
      case 'done':
        break;
    }
    act();
    return {};
  };
  const handlers = new CommandHandlers<undefined>();
  for (const step of steps.keys()) {
    handlers.command(`${randomParticipant}.do-${step}`, (_, context) =>
      carryOut(context, fates, () => ledger.done(context.command.saga, nameOf(context.operation))),
    );
    handlers.command(`${randomParticipant}.undo-${step}`, (_, context) =>
      carryOut(context, undoFates, () =>
        ledger.undone(context.command.saga, nameOf(context.compensates ?? '')),
      ),
    );
    handlers.command(`${randomParticipant}.back-${step}`, (_, context) =>
      carryOut(context, undoFates, () => ledger.undoneBy(context.command.saga, nameOf(context.operation))),
    );
    handlers.query(`${randomParticipant}.ask-${step}`, () => ({}));
    handlers.query(`${randomParticipant}.gone-${step}`, () => ({ gone: false }));
  }
  for (const [group, inside] of covers) {
    handlers.command(`${randomParticipant}.cover-${group}`, (_, context) =>
      carryOut(context, undoFates, () =>
        ledger.undoneInside(context.command.saga, nameOf(context.operation), inside),
      ),
    );
  }
  return handlers;
}

/** An operation as the engine calls it: what stands before its proof. */
function nameOf(operation: string): string {
  return operation.slice(0, operation.lastIndexOf('~'));
}

function pause(world: SimulatedWorld, ms: number): Promise<void> {
  return new Promise((resolve) => world.clock.after(ms, resolve));
}

/** The answer is stored by whatever life the participant has then. */
function completeLater(world: SimulatedWorld, operation: string, act: () => void): void {
  world.clock.after(8_000 + world.chance.below(8_000), () => {
    void world.participants.get(randomParticipant)!.complete(operation, () => {
      act();
      return {};
    });
  });
}
