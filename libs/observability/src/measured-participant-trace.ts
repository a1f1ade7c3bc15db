import type { Counter, Histogram, Meter, UpDownCounter } from '@opentelemetry/api';
import type { Clock, Command, InboundRecord } from '#libs/messaging';
import {
  ParticipantTrace,
  type CommandOrigin,
  type HandlingSpan,
  type ParkedCommand,
  type SendingSpan,
  type StoredAnswer,
} from '#libs/participant';
import { OutsideNames } from './outside-names.js';
import { attribute } from './span-attributes.js';

/** Seconds from 1 ms to the patience of a call. */
const commandSeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Commands are called what whoever writes to the topic calls them, also those that nobody knows. */
const mostCommands = 500;

interface Work {
  readonly clock: Clock;
  readonly duration: Histogram;
  readonly underWay: UpDownCounter;
}

/**
 * Counts the work of a participant, and passes everything on to its trace. Attributes are names of commands, topics and
 * outcomes, so there are as many series as contracts have of them; of commands no more than 500 are told by their names.
 */
export class MeasuredParticipantTrace extends ParticipantTrace {
  private readonly work: Work;
  private readonly commands = new OutsideNames(mostCommands);
  private readonly parkedRecords: Counter;

  constructor(
    meter: Meter,
    clock: Clock,
    private readonly inner: ParticipantTrace,
  ) {
    super();
    this.work = {
      clock,
      duration: meter.createHistogram('saga.command.duration', {
        description:
          'From the beginning of a command to its answer, or until it is known that there is none.',
        unit: 's',
        advice: { explicitBucketBoundaries: [...commandSeconds] },
      }),
      underWay: meter.createUpDownCounter('saga.command.under_way', {
        description: 'Commands that are being carried out.',
      }),
    };
    this.parkedRecords = meter.createCounter('saga.records.parked', {
      description: 'Records set aside with their bytes.',
    });
  }

  override receive(command: Command, record: InboundRecord, group: string): HandlingSpan {
    const told = this.commands.told(command.type);
    return new MeasuredHandling(this.inner.receive(command, record, group), this.work, told);
  }

  override completed(origin: CommandOrigin, answer: StoredAnswer): SendingSpan {
    return this.inner.completed(origin, answer);
  }

  override parked(command: ParkedCommand): void {
    const { record, reason } = command;
    this.parkedRecords.add(1, { 'messaging.destination.name': record.topic, 'saga.reason': reason });
    this.inner.parked(command);
  }
}

class MeasuredHandling implements HandlingSpan {
  private begunAt: number | undefined;

  constructor(
    private readonly inner: HandlingSpan,
    private readonly work: Work,
    private readonly command: string,
  ) {}

  async handle<Result>(run: () => Promise<Result>): Promise<Result> {
    const { clock, underWay } = this.work;
    const of = { [attribute.command]: this.command };
    this.begunAt = clock.elapsed();
    underWay.add(1, of);
    try {
      return await this.inner.handle(run);
    } finally {
      underWay.add(-1, of);
    }
  }

  answered(answer: StoredAnswer, fresh: boolean): SendingSpan {
    this.took(answer.outcome);
    return this.inner.answered(answer, fresh);
  }

  unanswered(): void {
    this.took('unknown');
    this.inner.unanswered();
  }

  /** What was answered from memory, or came too late, took nobody's time. */
  private took(outcome: string): void {
    if (this.begunAt === undefined) return;
    const seconds = (this.work.clock.elapsed() - this.begunAt) / 1_000;
    this.work.duration.record(seconds, { [attribute.command]: this.command, [attribute.outcome]: outcome });
  }
}
