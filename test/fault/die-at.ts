import { writeSync } from 'node:fs';
import process from 'node:process';
import { KafkaCommandSink, KafkaEventSource } from '#libs/kafka';
import { header, type OutgoingRecord, type RecordBatch, type SourceHandlers } from '#libs/messaging';
import { NoSagaTrace, type LaneCommit } from '#libs/orchestration';
import { PostgresLaneStore } from '#libs/postgres';

/**
 * Loaded into a coordinator before its program: kills the process at one step of its work, named by
 * `DIE_AT=<step>:<before|during|after>:<nth time>`. The program itself knows nothing of it: what is replaced are
 * methods of its adapters.
 */
interface Step {
  readonly on: object;
  readonly method: string;
  /** Whether a call with these arguments is the step that is meant. Default: every call. */
  readonly isMeant?: (first: never) => boolean;
}

const home = 'skald.home';

const steps: Readonly<Record<string, Step>> = {
  load: { on: PostgresLaneStore.prototype, method: 'loadInstances' },
  // Folding is pure; what it calls outside itself is the trace of each command it makes.
  fold: { on: NoSagaTrace.prototype, method: 'command' },
  commit: { on: PostgresLaneStore.prototype, method: 'commit', isMeant: foldsRecords },
  publish: { on: KafkaCommandSink.prototype, method: 'publish', isMeant: hasCommands },
  forget: { on: PostgresLaneStore.prototype, method: 'commit', isMeant: deletesOutboxRows },
  wake: { on: KafkaCommandSink.prototype, method: 'publish', isMeant: hasRecords('due/1') },
  forward: { on: KafkaCommandSink.prototype, method: 'publish', isMeant: hasRecords('start/1') },
  'move-gate': { on: PostgresLaneStore.prototype, method: 'commit', isMeant: isOfGate },
  'take-over': { on: PostgresLaneStore.prototype, method: 'takeOver' },
  'read-outbox': { on: PostgresLaneStore.prototype, method: 'unsent' },
  place: { on: KafkaEventSource.prototype, method: 'hinted' },
  hint: { on: KafkaEventSource.prototype, method: 'hint' },
};

const [name = '', side = '', nth = ''] = (process.env['DIE_AT'] ?? '').split(':');
let left = Number(nth);

if (name === 'take') watchTaking();
else if (name !== '') watch(name);

function watch(stepName: string): void {
  const step = steps[stepName];
  if (step === undefined)
    throw new Error(`DIE_AT names ${stepName}; there are ${Object.keys(steps).join(', ')}`);
  const methods = step.on as Record<string, (...args: never[]) => unknown>;
  const original = methods[step.method]!;
  methods[step.method] = function (this: unknown, ...args: never[]): unknown {
    if (step.isMeant !== undefined && !step.isMeant(args[0]!)) return original.apply(this, args);
    left -= 1;
    if (left !== 0) return original.apply(this, args);
    if (side === 'before') die();
    const result: unknown = original.apply(this, args);
    if (side === 'during') setImmediate(die);
    else if (result instanceof Promise) return result.finally(die);
    else die();
    return result;
  };
}

/** Taking has no method of its own: the source hands records to a handler. */
function watchTaking(): void {
  const methods: { start: (handlers: SourceHandlers) => Promise<void> } = KafkaEventSource.prototype;
  const original = methods.start;
  methods.start = function (this: unknown, handlers: SourceHandlers): Promise<void> {
    const batch = (fetched: RecordBatch): void => {
      const isMeant = fetched.topic === home && fetched.records.length > 0;
      if (isMeant) left -= 1;
      if (isMeant && left === 0 && side === 'before') die();
      handlers.batch(fetched);
      if (isMeant && left === 0) die();
    };
    return original.call(this as KafkaEventSource, { ...handlers, batch });
  };
}

function die(): void {
  writeSync(2, `dies at ${name}, ${side}\n`);
  process.kill(process.pid, 'SIGKILL');
}

function foldsRecords(commits: readonly LaneCommit[]): boolean {
  return commits.some((one) => one.lane.topic === home && one.outbox !== undefined);
}

function deletesOutboxRows(commits: readonly LaneCommit[]): boolean {
  return commits.some((one) => one.acknowledged.length > 0);
}

function isOfGate(commits: readonly LaneCommit[]): boolean {
  return commits.some((one) => one.lane.topic !== home);
}

function hasCommands(records: readonly OutgoingRecord[]): boolean {
  return records.some((record) => record.headers[header.operation] !== undefined);
}

function hasRecords(kind: string): (records: readonly OutgoingRecord[]) => boolean {
  return (records) => records.some((record) => record.headers[header.record] === kind);
}
