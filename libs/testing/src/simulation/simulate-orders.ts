import { eventHeaders, eventPartition, header, headerText } from '#libs/messaging';
import { compileDefinitions, formatProblem, type Program } from '#libs/saga';
import { simulatedOrder } from './order-definition.js';
import { drawFate, Ledger, orderHandlers, type OrderFate, type ParticipantWorld } from './order-rules.js';
import { SimulatedWorld, type WorldOptions } from './simulated-world.js';

/** What a simulation of orders is made of. */
export interface SimulationOptions extends WorldOptions {
  readonly orders: number;
}

/** What came of a simulation. Empty `problems`: every promise was kept. */
export interface SimulationReport {
  readonly problems: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly crashes: readonly string[];
  /** Virtual time it took. */
  readonly virtualMs: number;
}

/**
 * Runs orders through coordinators and participants while everything goes wrong, and compares at the end what
 * participants did with what sagas say.
 */
export async function simulateOrders(options: SimulationOptions): Promise<SimulationReport> {
  return new OrderWorld(options).run();
}

const topics = ['shop.events', 'inventory.commands', 'payment.commands', 'shipping.commands'];

class OrderWorld {
  private readonly ledger = new Ledger();
  private readonly fates = new Map<string, OrderFate>();
  private readonly world: SimulatedWorld;

  constructor(private readonly options: SimulationOptions) {
    this.world = new SimulatedWorld(options, [compiledOrder()], topics);
  }

  async run(): Promise<SimulationReport> {
    const { world } = this;
    const startedAt = world.clock.now();
    world.start();
    this.startParticipant('inventory', 'reserve', 'reserve', 'release');
    this.startParticipant('payment', 'charge', 'charge', 'refund');
    this.startParticipant('shipping', 'arrange', 'arrange', undefined);
    this.placeOrders();
    await world.run(() => this.isSettled());
    const problems = this.problems();
    const crashes = [...world.crashes];
    world.end();
    return { problems, statuses: world.statuses(), crashes, virtualMs: world.clock.now() - startedAt };
  }

  private startParticipant(
    name: string,
    step: keyof OrderFate,
    command: string,
    undo: string | undefined,
  ): void {
    this.world.startParticipant(name, orderHandlers(this.participantWorld(), name, step, command, undo));
  }

  private participantWorld(): ParticipantWorld {
    return {
      ledger: this.ledger,
      fateOf: (order) => this.fates.get(order)!,
      wait: (ms) => new Promise((resolve) => this.world.clock.after(ms, resolve)),
      completeLater: (name, operation, order, act) => this.completeLater(name, operation, order, act),
    };
  }

  /** Until the participant lives long enough to store its late answer, it tries again, as an outbox would. */
  private completeLater(name: string, operation: string, order: string, act: () => void): void {
    this.world.clock.after(8_000 + this.world.chance.below(8_000), () => {
      void this.world.participants.get(name)!.complete(operation, () => {
        act();
        return { done: order };
      });
    });
  }

  private placeOrders(): void {
    for (let index = 0; index < this.options.orders; index += 1) {
      const order = `order-${index}`;
      this.fates.set(order, drawFate(this.world.chance));
      this.world.clock.after(this.world.chance.below(8_000), () => this.place(order, this.world.clock.now()));
    }
  }

  private place(order: string, at: number): void {
    const headers = eventHeaders({
      id: order,
      source: '/shop',
      type: 'shop.order.placed',
      at,
      hops: 0,
      trace: {},
    });
    const record = {
      topic: 'shop.events',
      part: eventPartition(order, 2),
      key: order,
      value: JSON.stringify({ orderId: order }),
      headers,
    };
    this.world.broker.append(record);
    if (this.world.chance.happens(0.2))
      this.world.clock.after(this.world.chance.below(10_000), () => this.world.broker.append(record));
  }

  private isSettled(): boolean {
    if (this.world.tables.instances.size < this.options.orders) return false;
    if (!this.world.isSent()) return false;
    return [...this.world.tables.instances.values()].every(
      (saga) => saga.finishedAt !== undefined || saga.incident,
    );
  }

  private problems(): readonly string[] {
    const problems: string[] = [];
    const outcomes = this.outcomeEvents();
    for (const order of this.fates.keys())
      problems.push(...this.problemsOf(order, outcomes.get(order) ?? new Set()));
    problems.push(...this.world.leftBehind());
    return problems;
  }

  private problemsOf(order: string, outcomes: ReadonlySet<string>): readonly string[] {
    const sagas = [...this.world.tables.instances.values()].filter(
      ({ businessKey }) => businessKey === order,
    );
    const saga = sagas[0];
    if (saga === undefined || sagas.length > 1) return [`${order} has ${sagas.length} sagas`];
    const story = `${order} (${saga.status}, ${JSON.stringify(this.fates.get(order))})`;
    if (saga.incident)
      return [
        `${story} has an incident: ${Object.values(JSON.parse(saga.state).incidents ?? {})
          .map((one) => JSON.stringify(one))
          .join()}`,
      ];
    const wanted = { completed: 1, compensated: 0 }[saga.status as string];
    if (wanted === undefined) return [`${story} did not end`];
    const problems: string[] = [];
    for (const step of ['reserve', 'charge', 'arrange'] as const) {
      const balance = this.ledger.balance(order, step);
      if (balance !== wanted) problems.push(`${story} ended with ${step} effective ${balance} times`);
    }
    const told = wanted === 1 ? 'shop.order.fulfilled' : 'shop.order.rejected';
    if ([...outcomes].join() !== told) problems.push(`${story} told ${[...outcomes].join() || 'nothing'}`);
    return problems;
  }

  private outcomeEvents(): ReadonlyMap<string, ReadonlySet<string>> {
    const outcomes = new Map<string, Set<string>>();
    for (const record of this.world.recordsOf('shop.events')) {
      const type = headerText(record.headers, header.type)!;
      if (type === 'shop.order.placed') continue;
      const order = record.key!.toString();
      outcomes.set(order, (outcomes.get(order) ?? new Set()).add(type));
    }
    return outcomes;
  }
}

let compiled: Program | undefined;

function compiledOrder(): Program {
  if (compiled !== undefined) return compiled;
  const { programs, problems } = compileDefinitions([{ file: 'simulated-order.yaml', text: simulatedOrder }]);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (programs[0] === undefined || errors.length > 0) throw new Error(errors.map(formatProblem).join('\n'));
  compiled = programs[0];
  return compiled;
}
