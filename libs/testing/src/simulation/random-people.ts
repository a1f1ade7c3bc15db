import { InMemoryCommandSink, InMemoryDefinitionStore, InMemoryOperatorStore } from '#libs/memory';
import type { SagaId } from '#libs/messaging';
import {
  ActOnTask,
  HomeMailbox,
  ListTasks,
  RequestAction,
  type LoadedDefinitions,
} from '#libs/orchestration';
import { simulatedInstallation, simulatedKeyring, type SimulatedWorld } from './simulated-world.js';

const lookEveryMs = 3_000;
const mostRetries = 4;

/**
 * People around sagas, who use what the API uses: they answer tasks when they feel like it, cancel now and then, switch
 * a toggle, and once there is peace try again whatever is an incident, a few times.
 */
export class RandomPeople {
  private readonly acts: ActOnTask;
  private readonly actions: RequestAction;
  private readonly lists: ListTasks;
  private readonly toggles: InMemoryDefinitionStore;
  private readonly definitions: LoadedDefinitions;
  private readonly sink: InMemoryCommandSink;
  private readonly retries = new Map<string, number>();
  private isGone = false;

  constructor(private readonly world: SimulatedWorld) {
    const { clock, broker, tables } = world;
    const store = new InMemoryOperatorStore(tables);
    this.sink = new InMemoryCommandSink(broker);
    const mailbox = new HomeMailbox({
      sink: this.sink,
      clock,
      keyring: simulatedKeyring,
      installation: simulatedInstallation,
    });
    this.definitions = world.definitionsOf(clock);
    this.acts = new ActOnTask({ store, definitions: this.definitions, mailbox, clock });
    this.actions = new RequestAction({ store, mailbox, clock });
    this.lists = new ListTasks(store, this.definitions);
    this.toggles = new InMemoryDefinitionStore(tables, clock);
  }

  /** Begins to look, again and again. */
  start(): void {
    void this.sink.start();
    void this.definitions.start();
    this.world.clock.after(lookEveryMs, () => void this.look());
    if (this.world.chance.happens(0.4)) this.switchAfter(this.world.chance.below(20_000), false);
  }

  stop(): void {
    this.isGone = true;
    void this.definitions.stop();
  }

  /** Whether somebody would still try to repair this saga. */
  wouldRepair(saga: string): boolean {
    return (this.retries.get(saga) ?? 0) < mostRetries;
  }

  private async look(): Promise<void> {
    if (this.isGone) return;
    await this.answerTasks();
    if (this.world.isCalm) this.repair();
    else this.cancel();
    this.world.clock.after(lookEveryMs, () => void this.look());
  }

  private async answerTasks(): Promise<void> {
    const { chance } = this.world;
    for (const { id } of (await this.lists.list({})).tasks) {
      if (!this.world.isCalm && chance.happens(0.6)) continue;
      const answer = chance.pick(['agree', 'change']);
      const input = { kind: 'answer', by: 'ann', roles: ['desk'], answer, fields: {} } as const;
      void this.acts.act({ task: id, input }).catch(() => undefined);
    }
  }

  private repair(): void {
    for (const { id, incident, finishedAt } of this.world.tables.instances.values()) {
      if (!incident || finishedAt !== undefined || !this.wouldRepair(id)) continue;
      this.retries.set(id, (this.retries.get(id) ?? 0) + 1);
      const open = [...this.world.tables.incidents.values()].filter(
        ({ saga, closedAt }) => saga === id && closedAt === undefined,
      );
      for (const { block } of open) this.ask(id, 'retry', block);
    }
  }

  private cancel(): void {
    for (const { id, finishedAt } of this.world.tables.instances.values())
      if (finishedAt === undefined && this.world.chance.happens(0.01)) this.ask(id, 'cancel', undefined);
  }

  private ask(saga: SagaId, action: 'retry' | 'cancel', block: string | undefined): void {
    const request = { saga, action, by: 'ben', ...(block === undefined ? {} : { block }) };
    void this.actions.request(request).catch(() => undefined);
  }

  private switchAfter(ms: number, on: boolean): void {
    this.world.clock.after(ms, () => {
      const at = this.world.clock.now();
      const toggle = { definition: 'random', toggle: 'fancy', on, by: 'cy', reason: 'a whim', at };
      void this.toggles.switchToggle(toggle, `switch ${at}`);
      if (!on) this.switchAfter(20_000, true);
    });
  }
}
