import { eventHeaders, eventPartition, header, headerText, type Json } from '#libs/messaging';
import type { StoredInstance } from '#libs/orchestration';
import { Chance } from './chance.js';
import { brokenLaws, isSettled, parentOf } from './definition-laws.js';
import { EffectLedger } from './effect-ledger.js';
import { nestOf } from './nest.js';
import { randomDefinition, randomInput, type RandomDefinition } from './random-definition.js';
import { randomHandlers, randomParticipant } from './random-participant.js';
import { RandomPeople } from './random-people.js';
import { SimulatedWorld, type WorldOptions } from './simulated-world.js';
import { watchConditions } from './watched-conditions.js';

/** What came of a simulation of random definitions. Empty `problems`: every promise was kept. */
export interface DefinitionReport {
  readonly problems: readonly string[];
  readonly statuses: Readonly<Record<string, number>>;
  readonly crashes: readonly string[];
  /** How often each block stands in the definition. */
  readonly blocks: Readonly<Record<string, number>>;
  /** What is nested in the definition because its seed orders it, such as `task in repeat`. */
  readonly nested: readonly string[];
  /** What of it some saga came to. */
  readonly entered: readonly string[];
  /** What of it the language forbids, with what the compiler says. */
  readonly forbidden: ReadonlyMap<string, string>;
  readonly virtualMs: number;
}

const sagas = 3;
const topics = ['sim.events', 'skald.events', `${randomParticipant}.commands`];

/**
 * Draws a definition and runs a few sagas of it, in a world in which everything goes wrong: participants refuse, fail, are
 * slow and late, events and people come when they like, and processes die at every call of a port.
 */
export async function simulateDefinitions(options: WorldOptions): Promise<DefinitionReport> {
  return new DefinitionWorld(options).run();
}

class DefinitionWorld {
  private readonly definition: RandomDefinition;
  private readonly world: SimulatedWorld;
  private readonly ledger = new EffectLedger();
  private readonly people: RandomPeople;
  private readonly nested: ReadonlySet<string>;
  private readonly entered = new Set<string>();

  constructor(options: WorldOptions) {
    const chance = new Chance(options.seed);
    this.definition = randomDefinition(chance, nestOf(options.seed));
    this.nested = watchConditions(this.definition.programs, (block) => this.entered.add(block));
    this.world = new SimulatedWorld(options, this.definition.programs, topics, chance);
    this.people = new RandomPeople(this.world);
  }

  async run(): Promise<DefinitionReport> {
    const { world, definition } = this;
    const startedAt = world.clock.now();
    world.start();
    world.startParticipant(randomParticipant, randomHandlers(world, this.ledger, definition));
    for (let index = 0; index < sagas; index += 1) this.begin(index);
    this.people.start();
    await world.run(() => this.isSettled());
    const problems = this.problems();
    const crashes = [...world.crashes];
    this.people.stop();
    world.end();
    const virtualMs = world.clock.now() - startedAt;
    return {
      problems,
      statuses: world.statuses(),
      crashes,
      blocks: blocksIn(definition.text),
      nested: this.pairs(this.nested),
      entered: this.pairs(this.entered),
      forbidden: definition.forbidden,
      virtualMs,
    };
  }

  /** What these blocks are in what, as far as it was ordered. */
  private pairs(blocks: ReadonlySet<string>): readonly string[] {
    const { nested } = this.definition;
    return [...nested].filter(([block]) => blocks.has(block)).map(([, pair]) => pair);
  }

  private begin(nth: number): void {
    const { chance } = this.world;
    const key = `saga-${nth}`;
    this.publish('sim.placed', key, randomInput(key, nth, chance), chance.below(5_000));
    if (chance.happens(0.7)) this.publish('sim.signalled', key, { id: key }, chance.below(60_000));
    if (chance.happens(0.3)) this.publish('sim.signalled', key, { id: key }, chance.below(60_000));
    if (chance.happens(0.3)) this.publish('sim.alarmed', key, { id: key }, chance.below(60_000));
  }

  private publish(type: string, key: string, data: Json, afterMs: number): void {
    const { chance, clock, broker } = this.world;
    const id = `${type} ${key} ${afterMs}`;
    const send = (): void => {
      const headers = eventHeaders({ id, source: '/sim', type, at: clock.now(), hops: 0, trace: {} });
      const part = eventPartition(key, 2);
      broker.append({ topic: 'sim.events', part, key, value: JSON.stringify(data), headers });
    };
    clock.after(afterMs, send);
    if (chance.happens(0.2)) clock.after(afterMs + chance.below(10_000), send);
  }

  private isSettled(): boolean {
    const instances = [...this.world.tables.instances.values()];
    if (begun(instances) < sagas || !this.world.isSent()) return false;
    return instances.every(
      (saga) => isSettled(saga, this.isAlone(saga)) || (saga.incident && !this.people.wouldRepair(saga.id)),
    );
  }

  private isAlone(saga: StoredInstance): boolean {
    const parent = parentOf(saga);
    return parent === undefined || this.world.tables.instances.get(parent)?.finishedAt !== undefined;
  }

  private problems(): readonly string[] {
    const { world } = this;
    const instances = [...world.tables.instances.values()];
    const told = this.outcomes();
    return [
      ...(begun(instances) === sagas ? [] : [`${begun(instances)} sagas were started by ${sagas} events`]),
      ...instances.flatMap((saga) => this.broken(saga, told.get(saga.id) ?? [])),
      ...world.leftBehind(),
    ];
  }

  private broken(saga: StoredInstance, told: readonly string[]): readonly string[] {
    const { definition, ledger } = this;
    return brokenLaws({ definition, ledger, saga, told, isAlone: this.isAlone(saga) });
  }

  /** Outcome events by saga. The same event sent twice is one. */
  private outcomes(): ReadonlyMap<string, readonly string[]> {
    const ids = new Set<string>();
    const told = new Map<string, string[]>();
    for (const { headers } of this.world.recordsOf('sim.events')) {
      const [type, id] = [headerText(headers, header.type)!, headerText(headers, header.id)!];
      if ((type !== 'sim.done' && type !== 'sim.undone') || ids.has(id)) continue;
      ids.add(id);
      const saga = headerText(headers, header.correlation) ?? '';
      told.set(saga, [...(told.get(saga) ?? []), type]);
    }
    return told;
  }
}

function begun(instances: readonly StoredInstance[]): number {
  return instances.filter(({ definition }) => definition === 'random').length;
}

// Not what stands at the beginning of a line: that is the head of a document.
const heads =
  /(?<!^\{)"(step|parallel|choice|group|forEach|repeat|wait|set|emit|raise|end|include|decide|task|lock|saga|listen|requires|toggle|catch|timeout|join|tolerate|failFast|undo)":/gm;

/** How often each block and each word that changes its course stands in a definition. */
export function blocksIn(text: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const [, head] of text.matchAll(heads)) counts[head!] = (counts[head!] ?? 0) + 1;
  return counts;
}
