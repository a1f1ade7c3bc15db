import {
  homeOf,
  waitFor,
  writeHomeRecord,
  type Clock,
  type CommandSink,
  type Keyring,
  type Log,
} from '#libs/messaging';
import { scheduleRecord } from './desks/schedule-desk.js';
import type { Installation } from './installation-store.js';
import type { LoadedDefinitions, Scheduled } from './loaded-definitions.js';

/** What {@link Schedules} work with. */
export interface SchedulesOptions {
  readonly installation: Installation;
  readonly keyring: Keyring;
  readonly definitions: LoadedDefinitions;
  readonly sink: CommandSink;
  readonly clock: Clock;
  readonly log: Log;
}

const retryMs = 1_000;

/**
 * Tells the desks of schedules that there is such a schedule, whenever definitions change.
 *
 * Every coordinator does it: a desk that knows already changes nothing. What is due when is known by the desks alone,
 * so that it happens once in an installation.
 */
export class Schedules {
  private readonly told = new Set<string>();
  private running = false;
  private telling: Promise<void> = Promise.resolve();
  private unsubscribe: (() => void) | undefined;

  constructor(private readonly options: SchedulesOptions) {}

  /** Tells them of what is loaded and of what is published later. */
  start(): void {
    if (this.running) return;
    this.running = true;
    this.unsubscribe = this.options.definitions.onChange(() => this.tell());
    this.tell();
  }

  /** Safe twice. */
  async stop(): Promise<void> {
    this.running = false;
    this.unsubscribe?.();
    await this.telling;
  }

  private tell(): void {
    this.telling = this.telling.then(() => this.tellAll());
  }

  private async tellAll(): Promise<void> {
    const schedules = this.options.definitions.schedules();
    const names = new Set(schedules.map(nameOf));
    // One that comes back in a later version has been disarmed in between.
    for (const name of this.told) if (!names.has(name)) this.told.delete(name);
    for (const scheduled of schedules) {
      const name = nameOf(scheduled);
      if (this.told.has(name)) continue;
      if (await this.arm(scheduled)) this.told.add(name);
    }
  }

  /** Whether the broker has it. */
  private async arm({ definition, trigger }: Scheduled): Promise<boolean> {
    const { installation, keyring, sink, clock, log } = this.options;
    const { name, text, schedule } = trigger;
    const message = { kind: 'arm', definition, trigger: name, text, zone: schedule.zone } as const;
    const record = scheduleRecord(definition, name, message);
    const part = homeOf(record.saga, installation.homePartitions);
    while (this.running) {
      const [outcome] = await sink.publish([
        { topic: installation.homeTopic, part, ...writeHomeRecord(keyring, record) },
      ]);
      if (outcome?.kind === 'acknowledged') return true;
      log.warn('a schedule could not be armed yet', { definition, trigger: name });
      await waitFor(clock, retryMs);
    }
    return false;
  }
}

function nameOf({ definition, trigger }: Scheduled): string {
  return `${definition}/${trigger.name}`;
}
