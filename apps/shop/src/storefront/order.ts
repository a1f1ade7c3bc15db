/** One line of an order. Money is in whole minor units. */
export interface OrderLine {
  readonly article: string;
  readonly quantity: number;
  /** Of one piece. */
  readonly price: number;
}

/** An order as the storefront places it. */
export interface Order {
  readonly orderId: string;
  readonly lines: readonly OrderLine[];
  readonly total: number;
  readonly card: string;
  readonly postcode: string;
}

/**
 * Which troubles the orders have.
 *
 * `plain`: none. `bench`: every tenth order cannot be shipped. `demo`: refusals of all kinds, slow and busy
 * participants. `rough`: the same, and participants that fall silent.
 */
export type OrderMix = 'plain' | 'bench' | 'demo' | 'rough';

/** All mixes, for messages about wrong ones. */
export const orderMixes: readonly OrderMix[] = ['plain', 'bench', 'demo', 'rough'];

const articles = [
  { article: 'lamp', price: 1_999 },
  { article: 'chair', price: 8_450 },
  { article: 'table', price: 24_900 },
  { article: 'vase', price: 1_250 },
  { article: 'rug', price: 13_075 },
] as const;

type Trouble = (order: Order) => Order;

/** The id of the nth order of a mix; everything about the order follows from it. */
export function orderIdOf(mix: OrderMix, number: number): string {
  return `${mix}-${String(number).padStart(7, '0')}`;
}

/** The nth order of a mix: always the same. */
export function orderOf(mix: OrderMix, number: number): Order {
  const first = articles[number % articles.length]!;
  const second = articles[(number * 7 + 3) % articles.length]!;
  const lines =
    first === second
      ? [lineOf(first, 1 + (number % 3))]
      : [lineOf(first, 1 + (number % 3)), lineOf(second, 1)];
  const order: Order = {
    orderId: orderIdOf(mix, number),
    lines,
    total: totalOf(lines),
    card: `card-${String(number % 500).padStart(3, '0')}`,
    postcode: String(10_000 + ((number * 37) % 89_999)),
  };
  return troubleOf(mix, number)(order);
}

/** The order behind an id, or `undefined` when no storefront made it. */
export function findOrder(orderId: string): Order | undefined {
  const [, mix, digits] = /^([a-z]+)-(\d{7,})$/.exec(orderId) ?? [];
  if (mix === undefined || !orderMixes.includes(mix as OrderMix)) return undefined;
  return orderOf(mix as OrderMix, Number(digits));
}

function lineOf({ article, price }: (typeof articles)[number], quantity: number): OrderLine {
  return { article, quantity, price };
}

function totalOf(lines: readonly OrderLine[]): number {
  return lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
}

const noTrouble: Trouble = (order) => order;
const noCarrier: Trouble = (order) => ({ ...order, postcode: '00000' });

function troubleOf(mix: OrderMix, number: number): Trouble {
  switch (mix) {
    case 'plain':
      return noTrouble;
    case 'bench':
      return number % 10 === 0 ? noCarrier : noTrouble;
    case 'demo':
      return demoTrouble(number);
    case 'rough':
      return roughTrouble(number);
  }
}

function demoTrouble(number: number): Trouble {
  if (number % 10 === 0) return noCarrier;
  switch (number % 50) {
    case 3:
      return withArticle('unicorn');
    case 7:
      return withCard('declined');
    case 9:
      return withCard('expired');
    case 11:
      return withArticle('lamp~busy');
    case 17:
      return withCard('card-001~slow');
    case 19:
      return (order) => ({ ...order, postcode: `${order.postcode}~later` });
    default:
      return noTrouble;
  }
}

function roughTrouble(number: number): Trouble {
  switch (number % 50) {
    case 21:
      return withCard('card-002~lost');
    case 23:
      return withArticle('vase~silent');
    case 27:
      return (order) => ({ ...order, postcode: '00000~lost' });
    case 29:
      return withArticle('rug~lost');
    default:
      return demoTrouble(number);
  }
}

function withArticle(article: string): Trouble {
  return (order) => {
    const lines = [{ article, quantity: 1, price: 4_200 }];
    return { ...order, lines, total: totalOf(lines) };
  };
}

function withCard(card: string): Trouble {
  return (order) => ({ ...order, card });
}
