import type { Json } from '#libs/messaging';
import { accepted, CommandHandlers, rejected, TransientError } from '#libs/participant';
import type { Chance } from './chance.js';

/** What an order asks of its participants; decided once per order from the seed. */
export interface OrderFate {
  readonly reserve: StepFate;
  readonly charge: StepFate;
  readonly arrange: StepFate;
}

/** How a participant takes a command: some of it the saga hears, some it has to find out. */
export type StepFate = 'done' | 'refused' | 'fails-once' | 'slow' | 'later' | 'silent-then-done';

const fates: readonly StepFate[] = [
  'done',
  'done',
  'done',
  'done',
  'refused',
  'fails-once',
  'slow',
  'later',
  'silent-then-done',
];

/** Draws the fate of an order. */
export function drawFate(chance: Chance): OrderFate {
  return { reserve: chance.pick(fates), charge: chance.pick(fates), arrange: chance.pick(fates) };
}

/** What the participants have really done for each order: effect minus undo. */
export class Ledger {
  private readonly entries = new Map<string, number>();

  add(order: string, what: string, by: number): void {
    const key = `${order} ${what}`;
    this.entries.set(key, (this.entries.get(key) ?? 0) + by);
  }

  balance(order: string, what: string): number {
    return this.entries.get(`${order} ${what}`) ?? 0;
  }
}

/** What handlers need of the world. */
export interface ParticipantWorld {
  readonly ledger: Ledger;
  readonly fateOf: (order: string) => OrderFate;
  readonly wait: (ms: number) => Promise<void>;
  /** Answers an accepted operation after a while. */
  readonly completeLater: (participant: string, operation: string, order: string, act: () => void) => void;
}

interface OrderData {
  readonly orderId: string;
}

/** The handlers of one participant: one command that does something, one that takes it back. */
export function orderHandlers(
  world: ParticipantWorld,
  participant: string,
  step: keyof OrderFate,
  command: string,
  undo: string | undefined,
): CommandHandlers<undefined> {
  const failed = new Set<string>();
  const handlers = new CommandHandlers<undefined>();
  handlers.command(`${participant}.${command}`, async (data: Json, context) => {
    const { orderId } = data as unknown as OrderData;
    const act = (): void => world.ledger.add(orderId, step, 1);
    switch (world.fateOf(orderId)[step]) {
      case 'refused':
        return rejected(`no-${step}`);
      case 'fails-once':
        if (failed.size === failed.add(context.operation).size) break;
        throw new TransientError('try again');
      case 'slow':
        await world.wait(3_000);
        break;
      case 'silent-then-done':
        await world.wait(15_000);
        break;
      case 'later':
        world.completeLater(participant, context.operation, orderId, act);
        return accepted();
      case 'done':
        break;
    }
    act();
    return { [step]: orderId };
  });
  if (undo !== undefined) {
    handlers.command(`${participant}.${undo}`, (data: Json) => {
      world.ledger.add((data as unknown as OrderData).orderId, step, -1);
      return null;
    });
  }
  handlers.query(`${participant}.${command}-status`, () => ({}));
  return handlers;
}
