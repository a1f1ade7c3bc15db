import type { PoolClient } from 'pg';
import type { Clock } from '#libs/messaging';
import {
  accepted,
  CommandHandlers,
  rejected,
  type CommandContext,
  type HandlerAnswer,
} from '#libs/participant';
import { behaving, behaviourOf, plainText } from '../behaviour.js';
import type { ReplyLoss } from '../reply-loss.js';

/** Where to ship. */
export interface Arrange {
  readonly orderId: string;
  readonly postcode: string;
}

/** How long a carrier that answers later takes. */
const laterMs = 1_500;

type Context = CommandContext<PoolClient>;

/** What the shipping participant does: finds a carrier, at once or later. */
export function shippingHandlers(clock: Clock, loss: ReplyLoss): CommandHandlers<PoolClient> {
  const arrangeOrAccept = async (
    data: Arrange,
    { operation, transaction }: Context,
  ): Promise<HandlerAnswer> => {
    if (plainText(data.postcode).startsWith('00')) return rejected('no-carrier');
    if (behaviourOf(data.postcode) !== 'later') return arrange(data, operation, transaction);
    await transaction.query(
      'insert into shipping.request (operation, order_id, postcode, due_at) values ($1, $2, $3, $4)',
      [operation, data.orderId, plainText(data.postcode), new Date(clock.now() + laterMs)],
    );
    return accepted();
  };
  return new CommandHandlers<PoolClient>()
    .command(
      'shipping.arrange',
      behaving(arrangeOrAccept, (data) => data.postcode, clock, loss),
    )
    .query('shipping.arrangement', arrangement);
}

/** Writes the shipment into the ledger. */
export async function arrange(
  { orderId, postcode }: Arrange,
  operation: string,
  transaction: PoolClient,
): Promise<HandlerAnswer> {
  const carrier = Number(plainText(postcode).slice(0, 1)) < 5 ? 'north-parcel' : 'south-parcel';
  await transaction.query(
    'insert into shipping.ledger (order_id, operation, postcode, carrier) values ($1, $2, $3, $4)',
    [orderId, operation, plainText(postcode), carrier],
  );
  return { carrier, trackingCode: `tracking-${orderId}` };
}

async function arrangement({ orderId }: Arrange, { command, transaction }: Context): Promise<HandlerAnswer> {
  const { rows } = await transaction.query<{ carrier: string }>(
    'select carrier from shipping.ledger where operation = $1 limit 1',
    [command.verifies],
  );
  const [found] = rows;
  return found === undefined
    ? rejected('not-found')
    : { carrier: found.carrier, trackingCode: `tracking-${orderId}` };
}
