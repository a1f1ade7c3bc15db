import type { PoolClient } from 'pg';
import type { Clock } from '#libs/messaging';
import { CommandHandlers, rejected, type CommandContext, type HandlerAnswer } from '#libs/participant';
import { behaving, plainText } from '../behaviour.js';
import type { ReplyLoss } from '../reply-loss.js';
import type { OrderLine } from '../storefront/order.js';

interface Reserve {
  readonly orderId: string;
  readonly lines: readonly OrderLine[];
}

type Context = CommandContext<PoolClient>;

/** What the inventory does: takes pieces off its stock, puts them back, and tells whether it has. */
export function inventoryHandlers(clock: Clock, loss: ReplyLoss): CommandHandlers<PoolClient> {
  const wayOf = (data: Reserve): string => data.lines[0]?.article ?? '';
  return new CommandHandlers<PoolClient>()
    .command('inventory.reserve', behaving(reserve, wayOf, clock, loss))
    .command('inventory.release', release)
    .query('inventory.reservation', reservation);
}

async function reserve(
  { orderId, lines }: Reserve,
  { operation, transaction }: Context,
): Promise<HandlerAnswer> {
  const wanted = [...piecesByArticle(lines)];
  const articles = wanted.map(([article]) => article);
  const pieces = wanted.map(([, quantity]) => quantity);
  // Looked at before anything is taken: a refusal is an answer, and its transaction is committed.
  const { rows } = await transaction.query<{ article: string; available: string }>(
    'select article, available from inventory.stock where article = any($1) order by article for update',
    [articles],
  );
  const available = new Map(rows.map((row) => [row.article, Number(row.available)]));
  if (articles.some((article) => !available.has(article))) return rejected('unknown-article');
  if (wanted.some(([article, quantity]) => available.get(article)! < quantity))
    return rejected('out-of-stock');
  await transaction.query(
    `with wanted as (select * from unnest($3::text[], $4::bigint[]) as w (article, quantity)),
       taken as (update inventory.stock s set available = available - w.quantity from wanted w where s.article = w.article)
     insert into inventory.ledger (order_id, operation, kind, article, quantity)
     select $1, $2, 'reserve', article, quantity from wanted`,
    [orderId, operation, articles, pieces],
  );
  return { reservationId: reservationIdOf(orderId) };
}

async function release(
  _data: Reserve,
  { operation, transaction, compensates }: Context,
): Promise<HandlerAnswer> {
  const { rows } = await transaction.query<{ article: string; quantity: string }>(
    `with back as (
       insert into inventory.ledger (order_id, operation, kind, article, quantity)
       select order_id, $1, 'release', article, quantity from inventory.ledger where operation = $2 and kind = 'reserve'
       returning article, quantity)
     update inventory.stock s set available = s.available + back.quantity from back where s.article = back.article
     returning back.article, back.quantity`,
    [operation, compensates],
  );
  return { pieces: rows.reduce((sum, row) => sum + Number(row.quantity), 0) };
}

async function reservation({ orderId }: Reserve, { command, transaction }: Context): Promise<HandlerAnswer> {
  const { rowCount } = await transaction.query('select from inventory.ledger where operation = $1 limit 1', [
    command.verifies,
  ]);
  return rowCount === 0 ? rejected('not-found') : { reservationId: reservationIdOf(orderId) };
}

/** Sorted, so that two orders for the same articles lock them in the same order. */
function piecesByArticle(lines: readonly OrderLine[]): ReadonlyMap<string, number> {
  const pieces = new Map<string, number>();
  for (const { article, quantity } of lines) {
    pieces.set(plainText(article), (pieces.get(plainText(article)) ?? 0) + quantity);
  }
  return new Map([...pieces].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function reservationIdOf(orderId: string): string {
  return `reservation-${orderId}`;
}
