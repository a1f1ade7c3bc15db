import {
  MalformedRecordError,
  NoFieldKeys,
  NoLog,
  SystemClock,
  waitFor,
  type Clock,
  type CommandSink,
  type EventSource,
  type FieldKeys,
  type InboundRecord,
  type Log,
  type PublishOutcome,
  type RecordBatch,
  partitionName,
  type TopicPartition,
  type Usage,
} from '#libs/messaging';
import type { CommandHandlers } from './command-handlers.js';
import { CommandLanes } from './command-lanes.js';
import type { CommandLane } from './command-lane.js';
import { CommandQueue } from './command-queue.js';
import { HandleCommands } from './handle-commands.js';
import { RelayCommands, type CommandCarrier } from './relay-commands.js';
import { InFlight } from './in-flight.js';
import { completionOf, type CompletionResult, type LateAnswer } from './late-answer.js';
import { originOf, type CommandOrigin, type OperationMemory } from './operation-memory.js';
import type { ParkReason } from './parked-command.js';
import { participantSettings, type ParticipantSettings } from './participant-settings.js';
import { NoParticipantTrace, type ParticipantTrace, type SendingSpan } from './participant-trace.js';
import { Periodic } from './periodic.js';
import type { PositionEntry } from './position-window.js';
import { readAnswerable, type CommandAnswer, type ReceivedCommand } from './received-command.js';
import { replyRecord } from './reply-record.js';
import { ReplyPublisher } from './reply-publisher.js';
import { persevere } from './persevere.js';
import type { StoredAnswer } from './stored-answer.js';

/** What a participant is made of. */
export interface ParticipantParts<Transaction> {
  /** `inventory`: reads `inventory.commands`; stands in the source of its replies. */
  readonly name: string;
  /** What carries out the commands, or who passes them on. */
  readonly handlers: CommandHandlers<Transaction> | CommandCarrier;
  /** Reads the command topic in a group of its own. Started and stopped by the participant. */
  readonly source: EventSource;
  /** Sends replies. Started and stopped by whoever made it, since several participants may share it. */
  readonly sink: CommandSink;
  /** Started and stopped by the participant. */
  readonly memory: OperationMemory<Transaction>;
  readonly clock?: Clock;
  readonly log?: Log;
  readonly trace?: ParticipantTrace;
  /** The keys of what comes and goes encrypted. Default: none. */
  readonly fieldKeys?: FieldKeys;
  /** The source has died for good; the process should end. Default: nothing beyond the log. */
  readonly onFatal?: (error: Error) => void;
}

interface QueuedCommand {
  readonly saga: string;
  readonly received: ReceivedCommand;
  readonly lane: CommandLane;
  readonly entry: PositionEntry;
}

/**
 * Carries out the commands of one participant.
 *
 * Guarantees: a position is committed only when every record before it was answered and the answer acknowledged by
 * the broker, or was parked; commands of one saga are carried out one after the other, different sagas at the same
 * time; what cannot be read is parked and the rest goes on; while memory or broker are away nothing is dropped, and
 * the partitions are paused when too much is on its way.
 */
export class Participant<Transaction> {
  private readonly settings: ParticipantSettings;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly trace: ParticipantTrace;
  private readonly source: string;
  private readonly fieldKeys: FieldKeys;
  private readonly lanes: CommandLanes;
  private readonly queue: CommandQueue<QueuedCommand>;
  private readonly commands: HandleCommands<Transaction> | RelayCommands;
  private readonly publisher: ReplyPublisher;
  private readonly abort = new AbortController();
  private readonly answering = new InFlight();
  /** Where partitions ended when this process began to read them. */
  private readonly ends = new Map<string, Promise<number>>();
  private readonly periodic: readonly Periodic[];
  private stopping: Promise<void> | undefined;
  private isStarted = false;

  constructor(
    private readonly parts: ParticipantParts<Transaction>,
    settings: Partial<ParticipantSettings> = {},
  ) {
    this.settings = participantSettings(settings);
    this.clock = parts.clock ?? new SystemClock();
    this.log = parts.log ?? new NoLog();
    this.trace = parts.trace ?? new NoParticipantTrace();
    this.source = `/participants/${parts.name}`;
    this.fieldKeys = parts.fieldKeys ?? new NoFieldKeys();
    this.lanes = new CommandLanes(parts.source, this.settings.maxOnTheWay, this.log);
    this.queue = new CommandQueue(this.settings, this.clock, (batch) => this.handle(batch));
    const rules = {
      deadlineAllowanceMs: this.settings.deadlineAllowanceMs,
      maxValueBytes: this.settings.maxAnswerBytes,
      signal: this.abort.signal,
    };
    this.commands =
      'carryOut' in parts.handlers
        ? new RelayCommands(parts.handlers, this.clock, {
            ...rules,
            wasThere: async (record) => record.offset < (await this.ends.get(partitionName(record))!),
          })
        : new HandleCommands(parts.handlers, parts.memory, this.clock, rules);
    this.publisher = new ReplyPublisher(parts.sink, this.clock, this.log);
    this.periodic = [
      new Periodic(this.settings.commitEveryMs, () => this.lanes.commit(), this.clock, this.log),
      new Periodic(this.settings.forgetEveryMs, () => this.forget(), this.clock, this.log),
    ];
  }

  /** Resolves when the group has been joined. @throws what the memory finds wrong with its storage. */
  async start(): Promise<void> {
    if (this.isStarted) return;
    this.isStarted = true;
    await this.parts.memory.start();
    this.periodic.forEach((work) => work.start());
    await this.parts.source.start({
      assigned: (partitions) => {
        if (this.commands instanceof RelayCommands) for (const at of partitions) this.noteEnd(at);
        this.lanes.assign(partitions);
      },
      revoked: (partitions) => this.lanes.revoke(partitions),
      batch: (batch) => this.receive(batch),
      progress: (at, _from, next) => this.lanes.find(at)?.skip(next),
      fatal: (error) => this.died(error),
    });
  }

  /** Finishes what is being carried out, sends its answers, commits, leaves the group. Safe twice and before `start`. */
  stop(): Promise<void> {
    this.stopping ??= this.isStarted ? this.drain() : Promise.resolve();
    return this.stopping;
  }

  /**
   * Answers a command that was `accepted`: with a value, or with what `answer` returns from inside the transaction
   * that stores it. A `TransientError` as the answer means `failed`. The answer is stored first and then sent; if it
   * is lost on the way it is sent again when the command is repeated or asked about. `used` is what it used up.
   *
   * Resolves when the reply is acknowledged. `not-open`: the command was undone meanwhile, answered before, or was
   * never accepted here; nothing was changed, and effects made through the transaction are rolled back.
   */
  async complete(
    operation: string,
    answer: LateAnswer<Transaction>,
    used?: Usage,
  ): Promise<CompletionResult> {
    const completion = await this.parts.memory.complete(operation, (transaction) =>
      completionOf(answer, transaction, { maxBytes: this.settings.maxAnswerBytes, used }),
    );
    if (completion.kind === 'not-open') {
      return completion.remembered === undefined
        ? { kind: 'not-open' }
        : { kind: 'not-open', state: completion.remembered.state };
    }
    const span = this.trace.completed(completion.origin, completion.answer);
    await this.reply(completion.origin, completion.answer, span);
    return { kind: 'completed' };
  }

  /** What cannot be told counts as there. */
  private noteEnd(at: TopicPartition): void {
    const end = this.parts.source.edges(at).then(
      (edges) => edges.end,
      () => Number.POSITIVE_INFINITY,
    );
    this.ends.set(partitionName(at), end);
  }

  private receive(batch: RecordBatch): void {
    const lane = this.lanes.find(batch);
    if (lane === undefined) return;
    if (batch.records.length === 0) return lane.skip(batch.next);
    const last = batch.records.length - 1;
    const queued: QueuedCommand[] = [];
    for (const [index, record] of batch.records.entries()) {
      const entry = lane.open(index === last ? batch.next : record.offset + 1);
      const received = this.read(record, lane, entry);
      if (received !== undefined) queued.push({ saga: received.command.saga, received, lane, entry });
    }
    this.queue.add(queued);
  }

  private read(record: InboundRecord, lane: CommandLane, entry: PositionEntry): ReceivedCommand | undefined {
    try {
      const command = readAnswerable(record, this.fieldKeys);
      return { command, record, span: this.trace.receive(command, record, this.parts.source.group) };
    } catch (error) {
      const reason = error instanceof MalformedRecordError ? error.reason : 'unknown-record';
      this.answering.add(this.park(record, reason, String(error), lane, entry));
      return undefined;
    }
  }

  private async handle(batch: readonly QueuedCommand[]): Promise<void> {
    const ours = batch.filter((queued) => !queued.lane.isRevoked);
    if (ours.length === 0) return;
    const answers = await this.insist('commands cannot be carried out and are tried again', () =>
      this.commands.handle(ours.map((queued) => queued.received)),
    );
    if (answers === undefined) return;
    const byCommand = new Map(ours.map((queued) => [queued.received, queued]));
    for (const answer of answers) this.answering.add(this.answer(answer, byCommand.get(answer.received)!));
  }

  private async answer(
    { received, answer, fresh }: CommandAnswer,
    { lane, entry }: QueuedCommand,
  ): Promise<void> {
    if (answer === undefined) {
      received.span.unanswered();
      return lane.close(entry);
    }
    const span = received.span.answered(answer, fresh);
    const outcome = await this.reply(originOf(received.command), answer, span);
    if (outcome.kind === 'acknowledged') lane.close(entry);
    else if (outcome.kind === 'refused') {
      this.log.error('the broker refuses a reply for good', {
        participant: this.parts.name,
        reason: outcome.reason,
      });
      await this.park(received.record, 'reply-refused', outcome.reason, lane, entry);
    }
  }

  private async reply(
    origin: CommandOrigin,
    answer: StoredAnswer,
    span: SendingSpan,
  ): Promise<PublishOutcome> {
    const outcome = await this.sent(origin, answer, span);
    span.sent(outcome);
    return outcome;
  }

  private sent(
    origin: CommandOrigin,
    answer: StoredAnswer,
    { headers }: SendingSpan,
  ): Promise<PublishOutcome> {
    try {
      const now = this.clock.now();
      return this.publisher.send(replyRecord(origin, answer, this.source, now, headers, this.fieldKeys));
    } catch (error) {
      return Promise.resolve({ kind: 'refused', code: 'invalid', reason: String(error) });
    }
  }

  private async park(
    record: InboundRecord,
    reason: ParkReason,
    message: string,
    lane: CommandLane,
    entry: PositionEntry,
  ): Promise<void> {
    const parked = { record, reason, message, at: this.clock.now() };
    const done = await this.insist('a record cannot be parked and is tried again', async () => {
      await this.parts.memory.park(parked);
      return true;
    });
    if (done === undefined) return;
    const { topic, part, offset } = record;
    this.log.warn('a record was parked', { topic, part, offset, reason });
    this.trace.parked(parked);
    lane.close(entry);
  }

  private insist<Result>(message: string, attempt: () => Promise<Result>): Promise<Result | undefined> {
    return persevere(attempt, this.clock, this.abort.signal, (error, delayMs) =>
      this.log.warn(message, { participant: this.parts.name, reason: String(error), delayMs }),
    );
  }

  private async forget(): Promise<void> {
    const { memory } = this.parts;
    const operations = await memory.forget(this.clock.now() - memory.durationMs);
    if (operations > 0)
      this.log.info('old operations were forgotten', { participant: this.parts.name, operations });
  }

  private died(error: Error): void {
    this.log.error('the source of commands has died', {
      participant: this.parts.name,
      reason: error.message,
    });
    this.parts.onFatal?.(error);
  }

  private async drain(): Promise<void> {
    for (const work of this.periodic) await work.stop();
    this.lanes.pause();
    const idle = this.queue.close();
    await Promise.race([idle, waitFor(this.clock, this.settings.drainMs)]);
    this.abort.abort();
    await Promise.race([idle, waitFor(this.clock, this.settings.drainMs)]);
    await this.publisher.stop();
    await this.answering.none();
    await this.lanes.commit();
    await this.parts.source.stop();
    await this.parts.memory.stop();
  }
}
