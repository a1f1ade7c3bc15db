import type { EntityManager } from 'typeorm';
import type { Clock } from '#libs/messaging';
import { CommandHandlers, rejected, type CommandContext, type HandlerAnswer } from '#libs/participant';
import { behaving, plainText } from '../behaviour.js';
import type { ReplyLoss } from '../reply-loss.js';
import { PaymentEntry } from './payment-entities.js';
import type { Sabotage } from './sabotage.js';

interface Charge {
  readonly orderId: string;
  /** In minor units. */
  readonly total: number;
  readonly card: string;
}

type Context = CommandContext<EntityManager>;

/** What the payment participant does: charges cards and gives the money back. */
export function paymentHandlers(
  clock: Clock,
  loss: ReplyLoss,
  sabotage: Sabotage,
): CommandHandlers<EntityManager> {
  return new CommandHandlers<EntityManager>()
    .command(
      'payment.charge',
      behaving(charge, (data) => data.card, clock, loss),
    )
    .command('payment.refund', (data: Charge, context) => refund(data, context, sabotage))
    .query('payment.charge-status', chargeStatus);
}

async function charge(data: Charge, { operation, transaction }: Context): Promise<HandlerAnswer> {
  const card = plainText(data.card);
  if (card.startsWith('declined')) return rejected('card-declined');
  if (card.startsWith('expired')) return rejected('card-expired');
  const { orderId, total: amount } = data;
  await transaction.insert(PaymentEntry, { orderId, operation, kind: 'charge', card, amount });
  await spend(transaction, card, amount);
  return { chargeId: chargeIdOf(orderId), amount };
}

async function refund(_data: Charge, context: Context, sabotage: Sabotage): Promise<HandlerAnswer> {
  const { operation, transaction, compensates } = context;
  const charged = await transaction.findBy(PaymentEntry, { operation: compensates!, kind: 'charge' });
  let given = 0;
  for (const { orderId, card, amount } of charged) {
    given += amount;
    if (sabotage.swallows(operation)) continue;
    await transaction.insert(PaymentEntry, { orderId, operation, kind: 'refund', card, amount });
    await spend(transaction, card, -amount);
  }
  return { amount: given };
}

async function chargeStatus({ orderId }: Charge, { command, transaction }: Context): Promise<HandlerAnswer> {
  const entry = await transaction.findOneBy(PaymentEntry, { operation: command.verifies!, kind: 'charge' });
  return entry === null ? rejected('not-found') : { chargeId: chargeIdOf(orderId), amount: entry.amount };
}

async function spend(transaction: EntityManager, card: string, amount: number): Promise<void> {
  await transaction.query(
    `insert into payment.card as known (card, spent) values ($1, $2)
     on conflict (card) do update set spent = known.spent + excluded.spent`,
    [card, amount],
  );
}

function chargeIdOf(orderId: string): string {
  return `charge-${orderId}`;
}
