/** What the demo is asked to do. */
export interface DemoOptions {
  /** Orders to place. Default 600. */
  readonly orders: number;
  /** Orders per second. Default 40. */
  readonly perSecond: number;
  /** Leave everything running at the end. */
  readonly keep: boolean;
  /** One process, broker in memory, on a real Postgres. */
  readonly inMemory: boolean;
  /** What a participant does wrong, to show that the comparison notices; passed on to it. */
  readonly sabotage?: string;
  /** Rebuild and restart on every change, until Ctrl-C. */
  readonly watch: boolean;
}

/** An option nobody knows. The message lists those there are. */
export class DemoUsageError extends Error {}

const usage = 'options: --orders=600 --rate=40 --keep --in-memory --sabotage=refund --watch';

/** Reads the command line. @throws DemoUsageError */
export function demoOptions(args: readonly string[]): DemoOptions {
  const given = new Map(args.map(splitOption));
  const take = (name: string): string | undefined => {
    const value = given.get(name);
    given.delete(name);
    return value;
  };
  const sabotage = take('--sabotage');
  const options: DemoOptions = {
    orders: wholeNumber('--orders', take('--orders') ?? '600'),
    perSecond: wholeNumber('--rate', take('--rate') ?? '40'),
    keep: take('--keep') !== undefined,
    inMemory: take('--in-memory') !== undefined,
    watch: take('--watch') !== undefined,
    ...(sabotage === undefined ? {} : { sabotage }),
  };
  const [unknown] = given.keys();
  if (unknown !== undefined) throw new DemoUsageError(`there is no option ${unknown}; ${usage}`);
  if (sabotage !== undefined && sabotage !== 'refund') {
    throw new DemoUsageError(`--sabotage knows only "refund", not "${sabotage}"`);
  }
  // Told before anything was started, not when all orders are through.
  if (options.keep && options.inMemory)
    throw new DemoUsageError('--keep needs processes that can go on without this one; leave out --in-memory');
  return options;
}

function splitOption(arg: string): [string, string] {
  const equals = arg.indexOf('=');
  return equals < 0 ? [arg, ''] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new DemoUsageError(`${name} has to be a whole number above 0; ${usage}`);
  return Number(text);
}
