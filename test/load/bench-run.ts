import type { LocalStack } from '../../deploy/local/src/index.js';
import type { BenchFigures } from './bench-figures.js';
import { machine, type BenchOptions } from './bench-options.js';
import { transitionsOfOrder } from './bench-orders.js';
import { startBenchSystem, type BenchSystem } from './bench-system.js';
import { commitTransitionsPerSecond } from './commit-bench.js';
import { spreadOf } from './figures.js';
import { captureShape } from './floor/capture-shape.js';
import { floorRun } from './floor/floor-run.js';
import type { FloorShape } from './floor/floor-shape.js';
import { inFlightRun, type InFlightRun } from './in-flight-run.js';
import { largeRun, transitionCost, type LargeRun, type StoredGrowth } from './large-run.js';
import { transitionsOfLargeOrder } from './large-orders.js';
import { MemoryCurve, memoryOf } from './memory-curve.js';
import type { OrderRange } from './order-book.js';
import { placeAtOnce } from './place-orders.js';
import { rateRun, type RateRun } from './rate-run.js';
import { saturatedRun, type SaturatedRun } from './saturated-run.js';
import { untilSettled } from './settle.js';
import { storageSize, type StorageSize } from './storage-size.js';

/** Everything a run measured, with what a plot needs. */
export interface BenchResult {
  readonly figures: BenchFigures;
  readonly saturated: readonly SaturatedRun[];
  readonly rates: readonly RateRun[];
  readonly floor: SaturatedRun | undefined;
}

/** Memory is compared at these numbers of sagas: in a short run at a fifth of what it does, and at its end. */
const memoryAt = { start: 20_000, end: 100_000 };

/** Measures the sagas, then the floors, on the same broker and database. */
export async function benchRun(
  stack: LocalStack,
  options: BenchOptions,
  say: (line: string) => void,
): Promise<BenchResult> {
  const session = new BenchSession(stack, options, say);
  try {
    await session.measureSagas();
    await session.stopServices();
    await session.measureFloors();
    return session.result();
  } finally {
    await session.stopServices();
  }
}

class BenchSession {
  private system: BenchSystem | undefined;
  private memory: MemoryCurve | undefined;
  private shape: FloorShape | undefined;
  private placed = 0;
  private readonly ranges: OrderRange[] = [];
  private readonly saturated: SaturatedRun[] = [];
  private readonly rates: RateRun[] = [];
  private stored: StoredGrowth | undefined;
  private inFlight: InFlightRun | undefined;
  private atRestMb: Readonly<Record<string, number>> = {};
  private large: LargeRun | undefined;
  private floor: SaturatedRun | undefined;
  private plainFloor: SaturatedRun | undefined;
  private commits: number | undefined;

  constructor(
    private readonly stack: LocalStack,
    private readonly options: BenchOptions,
    private readonly say: (line: string) => void,
  ) {}

  async measureSagas(): Promise<void> {
    const { plan, parts } = this.options;
    this.say('starting coordinator and participants');
    const system = await startBenchSystem(this.stack, this.options);
    this.system = system;
    this.memory = new MemoryCurve(system.processes['coordinator']!, () => system.book.settled);
    this.atRestMb = memoryOf(system.processes, ['coordinator', 'participants', 'broker']);
    await this.warmUp(system, plan.warmUp);
    if (parts.has('floors')) this.shape = await captureShape(system.kafka, system.clock, system.topics);
    // Saturated first: it leaves the broker's compiler with nothing to do, which on two cores would be measured too.
    if (parts.has('saturated')) await this.measureSaturated(system);
    if (parts.has('latency')) for (const rate of this.ratesToMeasure()) await this.measureRate(system, rate);
    if (parts.has('in-flight')) await this.measureInFlight(system);
    if (parts.has('large')) await this.measureLarge(system);
  }

  async measureFloors(): Promise<void> {
    if (this.shape === undefined) return;
    this.say(`floor: bare Kafka round trips of ${this.options.plan.floorQueued} sagas`);
    this.floor = await floorRun(this.stack, 'driver', this.shape, this.options);
    this.say(`  ${this.floor.sagasPerSecond} sagas/s`);
    this.say('floor: the same with kafkajs as it comes');
    this.plainFloor = await floorRun(this.stack, 'kafkajs', this.shape, this.options);
    this.say(`  ${this.plainFloor.sagasPerSecond} sagas/s`);
    this.say('floor: the commit function on one connection');
    const seconds = this.options.plan.commitSeconds;
    const { databaseUrl } = this.system!;
    this.commits = (await commitTransitionsPerSecond({ databaseUrl, seconds })).transitionsPerSecond;
    this.say(`  ${this.commits} transitions/s`);
  }

  async stopServices(): Promise<void> {
    this.memory?.stop();
    await this.system?.stopServices();
  }

  result(): BenchResult {
    const { saturated, rates, floor } = this;
    return { figures: this.figures(), saturated, rates, floor };
  }

  private async warmUp(system: BenchSystem, count: number): Promise<void> {
    this.say(`warming up with ${count} sagas`);
    const range = this.take(count);
    await placeAtOnce(system.target, range);
    await untilSettled(system.clock, count, () => system.book.settledIn(range));
  }

  private async measureRate(system: BenchSystem, rate: number): Promise<void> {
    const { secondsPerRate } = this.options.plan;
    this.say(`${rate} sagas/s for ${secondsPerRate} s`);
    const run = await rateRun(system, this.take(rate * secondsPerRate), rate);
    const { p50, p95, p99 } = run.latency;
    this.say(`  p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`);
    this.rates.push(run);
  }

  private async measureSaturated(system: BenchSystem): Promise<void> {
    const { queued, saturatedRuns } = this.options.plan;
    const size = (): Promise<StorageSize> => storageSize(system.databaseUrl, this.stack.dataFolder);
    const before = await size();
    for (let run = 1; run <= saturatedRuns; run += 1) {
      this.say(`saturated, run ${run} of ${saturatedRuns}: ${queued} sagas`);
      const done = await saturatedRun({ ...system }, this.take(queued));
      this.say(`  ${done.sagasPerSecond} sagas/s in ${done.seconds} s`);
      this.saturated.push(done);
    }
    this.stored = { before, after: await size(), sagas: queued * saturatedRuns };
  }

  private async measureLarge(system: BenchSystem): Promise<void> {
    const { large } = this.options.plan;
    this.say(`saturated: ${large.queued} large orders`);
    this.large = await largeRun(system, this.stack, large);
    const { sagasPerSecond, seconds } = this.large.run;
    this.say(`  ${sagasPerSecond} sagas/s in ${seconds} s`);
  }

  private async measureInFlight(system: BenchSystem): Promise<void> {
    const { inFlight } = this.options.plan;
    this.say(`${inFlight} sagas under way at once`);
    this.inFlight = await inFlightRun(system, this.take(inFlight));
    this.say(`  p95 of a transition ${this.inFlight.transitions.answerToNext.p95} ms`);
  }

  private take(count: number): OrderRange {
    const range = { first: this.placed + 1, count };
    this.placed += count;
    this.ranges.push(range);
    return range;
  }

  private ratesToMeasure(): readonly number[] {
    const { rates } = this.options.plan;
    return this.saturated.length === 0 ? rates : [this.halfRate(), ...rates];
  }

  private halfRate(): number {
    return Math.max(1, Math.round(spreadOf(this.saturated.map((run) => run.sagasPerSecond)).median / 2));
  }

  private figures(): BenchFigures {
    const { options, saturated } = this;
    const verdicts = this.ranges.map((range) => this.system!.book.verdict(range));
    const sum = (of: (verdict: (typeof verdicts)[number]) => number) =>
      verdicts.reduce((total, each) => total + of(each), 0);
    const spread = saturated.length === 0 ? null : spreadOf(saturated.map((run) => run.sagasPerSecond));
    const at = (rate: number) => this.rates.findLast((run) => run.rate === rate);
    const half = this.rates.length > options.plan.rates.length ? this.rates[0] : undefined;
    const cpu = saturated.find((run) => run.sagasPerSecond === spread?.median)?.cpuSecondsPer1000 ?? null;
    const { large } = this;
    return {
      quick: options.quick,
      machine: machine(),
      trace: options.trace,
      partitions: options.partitions,
      sagasPerSecond: spread,
      latencyMs: {
        at50: at(50)?.latency ?? null,
        at250: at(250)?.latency ?? null,
        half: half?.latency ?? null,
      },
      transitionsAtRates: Object.fromEntries(this.rates.map((run) => [run.rate, run.transitions])),
      inFlight: this.inFlight ?? null,
      halfRate: half?.rate ?? null,
      cpuSecondsPer1000: cpu,
      cpuSecondsPer1000AtRates: Object.fromEntries(
        this.rates.map((run) => [run.rate, run.cpuSecondsPer1000]),
      ),
      coresElsewhere: this.coresElsewhere(),
      atRestMb: this.atRestMb,
      rssMb: this.memoryFigures(),
      bytesPerSaga: this.bytesPerSaga(),
      perTransition: {
        order: transitionCost(cpu, this.stored, transitionsOfOrder),
        large:
          large === undefined
            ? null
            : transitionCost(large.run.cpuSecondsPer1000, large.stored, transitionsOfLargeOrder),
      },
      largeSagasPerSecond: large?.run.sagasPerSecond ?? null,
      floors: {
        kafkaSagasPerSecond: this.floor?.sagasPerSecond ?? null,
        commitTransitionsPerSecond: this.commits ?? null,
        kafkaCpuSecondsPer1000: this.floor?.cpuSecondsPer1000 ?? null,
        kafkajsSagasPerSecond: this.plainFloor?.sagasPerSecond ?? null,
        kafkajsCpuSecondsPer1000: this.plainFloor?.cpuSecondsPer1000 ?? null,
      },
      sagas: this.placed,
      lost: sum(({ lost }) => lost) + (large?.verdict.lost ?? 0),
      wrong: sum(({ wrong }) => wrong) + (large?.verdict.wrong ?? 0),
      repeated: sum(({ repeated }) => repeated),
    };
  }

  private coresElsewhere(): Readonly<Record<string, number>> {
    const runs = this.saturated.map((run, index) => [`run ${index + 1}`, run.coresElsewhere] as const);
    const rates = this.rates.map((run) => [String(run.rate), run.coresElsewhere] as const);
    const floor = this.floor === undefined ? [] : [['bare Kafka', this.floor.coresElsewhere] as const];
    return Object.fromEntries([...runs, ...rates, ...floor]);
  }

  private memoryFigures(): BenchFigures['rssMb'] {
    if (this.saturated.length === 0) return null;
    const isLong = this.placed >= memoryAt.end;
    const startSagas = isLong ? memoryAt.start : Math.round(this.placed / 2);
    const endSagas = isLong ? memoryAt.end : this.placed;
    return { start: this.memory!.at(startSagas), end: this.memory!.at(endSagas), startSagas, endSagas };
  }

  private bytesPerSaga(): BenchFigures['bytesPerSaga'] {
    if (this.stored === undefined) return null;
    const { before, after, sagas } = this.stored;
    const postgresTables = Math.round((after.tables - before.tables) / sagas);
    const postgresWal = Math.round((after.wal - before.wal) / sagas);
    const kafka =
      after.kafka === undefined || before.kafka === undefined
        ? null
        : Math.round((after.kafka - before.kafka) / sagas);
    return { postgres: postgresTables + postgresWal, kafka, postgresTables, postgresWal };
  }
}
