import { SystemClock, waitFor, type Clock } from '#libs/messaging';
import { compilePublication, GetSaga, LoadedDefinitions } from '#libs/orchestration';
import { PostgresStores } from '#libs/postgres';
import { compareLedgers, differenceText } from '../ledger/compare-ledgers.js';
import type { DemoOptions } from './demo-options.js';
import { outcomeTable, progressLine, timelinePage } from './demo-page.js';
import type { Fleet, Progress } from './fleet.js';
import { startInMemoryFleet } from './in-memory-fleet.js';
import { startProcessFleet } from './process-fleet.js';
import { SagasInDatabase, type SagaCounts } from './sagas-in-database.js';

/** Where the demo talks to. */
export interface DemoScreen {
  /** A line that stays. */
  readonly say: Progress;
  /** A line that the next one replaces, where the terminal can do that. */
  readonly show: Progress;
}

const watchEveryMs = 500;
/** Without any progress for this long, something is stuck. */
const patienceMs = 90_000;
const differencesShown = 10;

/**
 * Plays the demo: orders flow, the coordinator is ended in the middle, another one goes on, and in the end what the
 * participants' ledgers say is compared with the sagas. True when everything agrees.
 */
export async function runDemo(
  options: DemoOptions,
  screen: DemoScreen,
  signal: AbortSignal,
): Promise<boolean> {
  if (options.inMemory)
    screen.say(
      'In one process: the broker is in memory, so nothing of Kafka is shown or proven; Postgres is real.',
    );
  const fleet = await (options.inMemory ? startInMemoryFleet : startProcessFleet)(options, screen.say);
  try {
    const agrees = await playOrders(fleet, options, screen, signal);
    if (options.keep) {
      fleet.keep();
      screen.say('Everything runs on. `node dist/deploy/local/src/main.js down --name demo` ends it.');
    }
    return agrees;
  } finally {
    if (!options.keep) await fleet.stop();
  }
}

async function playOrders(
  fleet: Fleet,
  options: DemoOptions,
  screen: DemoScreen,
  signal: AbortSignal,
): Promise<boolean> {
  const clock = new SystemClock();
  const database = new SagasInDatabase(fleet.databaseUrl);
  try {
    screen.say(`\nplacing ${options.orders} orders, ${options.perSecond} a second`);
    const watch = new Watch(database, clock, options.orders, screen);
    const placing = fleet.place(options.orders, options.perSecond, (total) => (watch.placed = total));
    await watch.until((counts) => finished(counts) >= options.orders / 3, signal);
    screen.say(`\n${await fleet.crash()}`);
    await placing;
    const isDone = await watch.until((counts) => finished(counts) >= options.orders, signal);
    screen.say('');
    await report(fleet, database, clock, screen);
    const agrees = await compare(database, options.orders, screen);
    screen.say(`\nWhere to look next\n${fleet.hints.map((hint) => `  ${hint}`).join('\n')}`);
    return isDone && agrees;
  } finally {
    await database.close();
  }
}

/** Follows the counts until something holds, or nothing moves any more. */
class Watch {
  placed = 0;

  constructor(
    private readonly database: SagasInDatabase,
    private readonly clock: Clock,
    private readonly orders: number,
    private readonly screen: DemoScreen,
  ) {}

  async until(holds: (counts: SagaCounts) => boolean, signal: AbortSignal): Promise<boolean> {
    let last = '';
    let movedAt = this.clock.elapsed();
    while (!signal.aborted) {
      const counts = await this.database.counts();
      const line = progressLine(this.placed, this.orders, counts);
      this.screen.show(line);
      if (holds(counts)) return true;
      if (line !== last) movedAt = this.clock.elapsed();
      last = line;
      if (this.clock.elapsed() - movedAt > patienceMs) {
        this.screen.say(`\nnothing has moved for ${patienceMs / 1_000} s; the logs say more`);
        return false;
      }
      await waitFor(this.clock, watchEveryMs);
    }
    throw new Error('interrupted');
  }
}

function finished(counts: SagaCounts): number {
  return counts.completed + counts.compensated + counts.cancelled;
}

async function report(
  fleet: Fleet,
  database: SagasInDatabase,
  clock: Clock,
  screen: DemoScreen,
): Promise<void> {
  screen.say(`\nWhat became of the orders\n${outcomeTable(await database.outcomes())}`);
  const stores = new PostgresStores({ databaseUrl: fleet.databaseUrl, clock });
  await stores.start();
  const definitions = new LoadedDefinitions({
    store: stores.definitions,
    clock,
    compile: compilePublication,
  });
  await definitions.start();
  const sagas = new GetSaga(stores.operators, definitions, clock);
  for (const status of ['completed', 'compensated']) {
    const id = await database.example(status);
    if (id !== undefined) screen.say(`\n${timelinePage(await sagas.get(id))}`);
  }
  await definitions.stop();
  await stores.stop();
}

async function compare(database: SagasInDatabase, orders: number, screen: DemoScreen): Promise<boolean> {
  const sagas = await database.sagas();
  const differences = compareLedgers(sagas, await database.ledgers()).map(differenceText);
  if (sagas.length !== orders)
    differences.push(`${orders} orders were placed, and there are ${sagas.length} sagas`);
  if (differences.length === 0) {
    screen.say(
      `\nThe ledgers of inventory, payment and shipping agree with all ${sagas.length} sagas, to the cent and the unit.`,
    );
    return true;
  }
  const shown = differences.slice(0, differencesShown).map((line) => `  ${line}`);
  const more = differences.length - shown.length;
  screen.say(
    `\nThe ledgers do NOT agree with the sagas\n${shown.join('\n')}${more > 0 ? `\n  and ${more} more` : ''}`,
  );
  return false;
}
