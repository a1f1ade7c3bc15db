import { KafkaCommandSink, KafkaEventSource, type KafkaOptions } from '#libs/kafka';
import {
  commandTopic,
  headerText,
  readCommand,
  SystemClock,
  waitFor,
  type Command,
  type FieldKeys,
  type InboundRecord,
  type Json,
  type Usage,
} from '#libs/messaging';
import {
  accepted,
  CommandHandlers,
  ForgetfulOperationMemory,
  Participant,
  PermanentError,
  rejected,
  TransientError,
  type CommandContext,
  type HandlerAnswer,
  type LateResult,
} from '#libs/participant';
import {
  Behaviours,
  type Answering,
  type Behaving,
  type Behaviour,
  type Delivery,
  type Meant,
} from './behaviour.js';
import type { CalledCommands } from './called-commands.js';
import { eventually } from './deadline.js';
import { ScriptedSink } from './scripted-sink.js';
import { SievedSource } from './sieved-source.js';

/** One effect that a participant really made. */
export interface Deed {
  readonly command: string;
  readonly key: string;
  readonly step: string;
  readonly saga: string;
  readonly operation: string;
  readonly data: Json;
  /** On a compensation: the operation it took back. */
  readonly compensates?: string;
}

/** What scripted participants are made of. */
export interface ScriptedParts {
  readonly kafka: KafkaOptions;
  /** Names the groups they read in. */
  readonly group: string;
  readonly called: CalledCommands;
  /** The keys of what comes and goes encrypted. Default: none. */
  readonly fieldKeys?: FieldKeys | undefined;
  /** Business keys of sagas, by their ids. */
  readonly keysOf: (sagas: readonly string[]) => Promise<ReadonlyMap<string, string>>;
}

/**
 * Participants on the real broker that do what a test tells them, through the kit and with its memory, and keep a
 * ledger of what they really did.
 */
export class ScriptedParticipants {
  /** Effects in the order they were made; queries make none. */
  readonly deeds: Deed[] = [];
  /** Everything that arrived, repeats and what was not seen included. */
  readonly deliveries: Delivery[] = [];
  private readonly behaviours = new Behaviours();
  /** What was decided for the newest delivery of a command, by its id. */
  private readonly decided = new Map<string, Behaviour>();
  private readonly keys = new Map<string, string>();
  /** What each command came as, by its id. */
  private readonly records = new Map<string, InboundRecord>();
  private readonly clock = new SystemClock();
  private readonly sink: ScriptedSink;
  private readonly participants: Participant<undefined>[] = [];
  private isStopped = false;

  constructor(private readonly parts: ScriptedParts) {
    this.sink = new ScriptedSink(new KafkaCommandSink(parts.kafka, this.clock), this.clock);
  }

  /** Resolves when all of them read their topics, which have to exist. */
  async start(): Promise<void> {
    await this.sink.start();
    await Promise.all(this.parts.called.participants.map((name) => this.open(name)));
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all(this.participants.map((participant) => participant.stop()));
    await this.sink.stop();
  }

  /** From now on. A list counts once each, by delivery; a single behaviour every time. The newest that fits counts. */
  behave(command: string, behaviour: Behaving | readonly Behaving[], meant: Meant = {}): void {
    if (!this.parts.called.commands.includes(command)) {
      throw new Error(`nobody calls ${command}; there are ${this.parts.called.commands.join(', ')}`);
    }
    this.behaviours.add(command, behaviour, meant);
  }

  /** Commands that had an effect for a business key, in order, compensations included. */
  done(key: string): readonly string[] {
    return this.deeds.filter((deed) => deed.key === key).map(({ command }) => command);
  }

  /** Effects for a business key that nobody took back. */
  standing(key: string): readonly string[] {
    const undone = new Set(this.deeds.map(({ compensates }) => compensates));
    return this.deeds
      .filter((deed) => deed.key === key && deed.compensates === undefined && !undone.has(deed.operation))
      .map(({ command }) => command);
  }

  /** Resolves when a command of this business key has arrived so many times. */
  async arrived(command: string, key: string, times = 1): Promise<readonly Delivery[]> {
    return eventually(`${command} of ${key} to arrive ${times} times`, () => {
      const found = this.deliveries.filter((each) => each.command.type === command && each.key === key);
      return found.length >= times && found;
    });
  }

  /** Has a delivery come once more, however long ago it was: what was held up on its way, or came twice. */
  async comeAgain({ command }: Delivery): Promise<void> {
    const { topic, part, key, value, headers } = this.records.get(command.id)!;
    const texts = Object.keys(headers).map((name) => [name, headerText(headers, name)!]);
    const record = { topic, part, key: String(key), value: value && String(value) };
    const [outcome] = await this.sink.publish([{ ...record, headers: Object.fromEntries(texts) }]);
    if (outcome?.kind !== 'acknowledged') throw new Error(`${command.id} did not come again`);
  }

  private async open(name: string): Promise<void> {
    const topic = commandTopic(`${name}.`);
    const settings = { group: `${this.parts.group}-${name}`, topics: [topic], maxWaitMs: 20 };
    const source = new KafkaEventSource(this.parts.kafka, this.clock, settings);
    const participant: Participant<undefined> = new Participant({
      name,
      handlers: this.handlersOf(name, (operation, answer, used) =>
        participant.complete(operation, answer, used),
      ),
      source: new SievedSource(source, (records) => this.sieve(records)),
      sink: this.sink,
      memory: new ForgetfulOperationMemory(this.clock),
      clock: this.clock,
      ...(this.parts.fieldKeys && { fieldKeys: this.parts.fieldKeys }),
    });
    this.participants.push(participant);
    await participant.start();
  }

  private handlersOf(name: string, complete: Complete): CommandHandlers<undefined> {
    const handlers = new CommandHandlers<undefined>();
    for (const type of this.parts.called.commands.filter((each) => each.startsWith(`${name}.`))) {
      if (this.parts.called.queries.has(type)) {
        handlers.query(type, (_, context) => this.carryOut(context, complete, false));
      } else handlers.command(type, (_, context) => this.carryOut(context, complete, true));
    }
    return handlers;
  }

  /** Decides about each delivery; what is to have never arrived is left out. */
  private async sieve(records: readonly InboundRecord[]): Promise<readonly InboundRecord[]> {
    const commands = records.map((record) => readCommand(record));
    commands.forEach(({ id }, index) => this.records.set(id, records[index]!));
    await this.learnKeys(commands);
    return records.filter((_, index) => this.decide(commands[index]!));
  }

  private decide(command: Command): boolean {
    const before = this.deliveries.filter((each) => each.command.operation === command.operation).length;
    const delivery = { command, key: this.keyOf(command.saga), nth: before + 1 };
    this.deliveries.push(delivery);
    const behaviour = this.behaviours.next(delivery);
    if (behaviour === undefined) {
      this.decided.delete(command.id);
      return true;
    }
    this.decided.set(command.id, behaviour);
    if ('silent' in behaviour) {
      if (behaviour.silent === 'done') this.sink.plan(command.id, { kind: 'lost' });
      return behaviour.silent === 'done';
    }
    if ('lateMs' in behaviour && behaviour.lateMs !== undefined)
      this.sink.plan(command.id, { kind: 'late', ms: behaviour.lateMs });
    return true;
  }

  private async learnKeys(commands: readonly Command[]): Promise<void> {
    const unknown = [...new Set(commands.map(({ saga }) => saga))].filter((saga) => !this.keys.has(saga));
    if (unknown.length === 0) return;
    for (const [saga, key] of await this.parts.keysOf(unknown)) this.keys.set(saga, key);
  }

  private keyOf(saga: string): string {
    return this.keys.get(saga) ?? '';
  }

  private carryOut(context: CommandContext<undefined>, complete: Complete, counts: boolean): HandlerAnswer {
    const { command, remembered } = context;
    // What verifies a command says the output of that, unless it is told otherwise.
    const behaviour = this.decided.get(command.id) ?? { succeeded: remembered?.output ?? {} };
    if ('accepted' in behaviour) {
      const { afterMs, then } = behaviour.accepted;
      const used = 'used' in then ? then.used : undefined;
      this.completeLater(afterMs, () =>
        complete(command.operation, () => this.answer(command, then, counts), used),
      );
      return accepted();
    }
    if ('silent' in behaviour) {
      const output = 'succeeded' in behaviour ? behaviour.succeeded : {};
      return this.answer(command, { succeeded: output ?? {} }, counts) as HandlerAnswer;
    }
    if ('used' in behaviour && behaviour.used !== undefined) context.used(behaviour.used);
    const answer = this.answer(command, behaviour, counts);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  private completeLater(afterMs: number, complete: () => Promise<unknown>): void {
    void waitFor(this.clock, afterMs).then(async () => {
      if (!this.isStopped) await complete();
    });
  }

  private answer(command: Command, answering: Answering, counts: boolean): LateResult {
    if ('rejected' in answering) return rejected(answering.rejected, answering.data ?? null);
    if ('failed' in answering) {
      const { failed: error, retryAfterMs } = answering;
      if (retryAfterMs === 'never') return new PermanentError(error, { error });
      return new TransientError(error, { error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
    }
    if (counts) this.deeds.push(this.deedOf(command));
    return answering.succeeded;
  }

  private deedOf({ type, saga, step, operation, data, compensates }: Command): Deed {
    const deed = { command: type, key: this.keyOf(saga), step, saga, operation, data };
    return compensates === undefined ? deed : { ...deed, compensates };
  }
}

type Complete = (operation: string, answer: () => LateResult, used?: Usage) => Promise<unknown>;
