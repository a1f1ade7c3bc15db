import { header } from './header-name.js';
import { headerText, type InboundRecord } from './record.js';

/** What carrying out a command used up, by name: `{ tokens: 1840, 'cost-eur': 0.012 }`. */
export type Usage = Readonly<Record<string, number>>;

/** Amounts that one answer may name. */
const most = 8;
/** Longest text that is sent, kept and read. */
const longest = 600;
const amountForm = /^(?=.{1,40}=)([a-z][a-z0-9]*(?:-[a-z0-9]+)*)=(\d{1,15}(?:\.\d{1,9})?)$/;

/**
 * Amounts as a header: `tokens=1840, cost-eur=0.012`. What is no amount is written all the same: it is for whoever reads
 * it to say so, since a remark on the side must not spoil the answer.
 */
export function usageText(usage: Usage): string {
  const amounts = Object.entries(usage).map(([name, value]) => `${name}=${decimal(value)}`);
  return sendableUsage(amounts.join(', '));
}

/** A usage in somebody's own words, as it can be sent and stored: printable, and no longer than what is read. */
export function sendableUsage(text: string): string {
  return text.slice(0, longest).replace(/[^\x20-\x7e]/g, '?');
}

/** Reads what {@link usageText} writes; `undefined` when it is something else. */
export function readUsage(text: string): Usage | undefined {
  const amounts = text.split(', ').map((each) => amountForm.exec(each));
  if (amounts.length > most || amounts.includes(null)) return undefined;
  const usage = Object.fromEntries(amounts.map((amount) => [amount![1]!, Number(amount![2])]));
  return Object.keys(usage).length === amounts.length ? usage : undefined;
}

/** What a reply says that it used up, in its own words. It is read by whoever sums it up, and never spoils the reply. */
export function usageOf(record: InboundRecord): string | undefined {
  const text = headerText(record.headers, header.usage);
  return text === undefined ? undefined : sendableUsage(text);
}

/** Without an exponent, and without noise behind the ninth place. */
function decimal(value: number): string {
  return value.toFixed(9).replace(/\.?0+$/, '');
}
