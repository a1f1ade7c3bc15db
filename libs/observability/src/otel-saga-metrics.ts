import type { Attributes, Counter, Histogram, Meter } from '@opentelemetry/api';
import {
  factOutcome,
  isProgress,
  overrideBy,
  SagaMetrics,
  type AskedFact,
  type CycleMeasure,
  type FactOutcome,
  type Gauges,
  type IntakeCause,
  type Transition,
} from '#libs/orchestration';
import type { CaughtEffect, Effect, SagaTarget, WaitedEffect } from '#libs/saga';
import { OutsideNames } from './outside-names.js';
import { OverrideCounter } from './override-counter.js';
import { watchGauges } from './saga-gauges.js';
import { attribute } from './span-attributes.js';

type Noted = Extract<Effect, { readonly kind: 'noted' }>;
type Settled = Extract<Effect, { readonly kind: 'settled' }>;

/** Seconds from 100 ms to 7 days: a payment takes one, a return takes the other. */
const sagaSeconds = [
  0.1,
  0.25,
  0.5,
  1,
  2.5,
  5,
  10,
  30,
  60,
  300,
  900,
  3_600,
  4 * 3_600,
  86_400,
  3 * 86_400,
  7 * 86_400,
];
/** Errors of one block that nobody catches: they are called what a participant calls them. */
const mostUncaught = 20;
const cycleSeconds = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Metrics of a coordinator on the OpenTelemetry API.
 *
 * Attributes are names that definitions are made of, never keys, ids or values of an instance, so there are as many
 * series as blocks and outcomes in the published definitions, not as sagas. Of names that come from outside only the first
 * ones are told.
 */
export class OtelSagaMetrics extends SagaMetrics {
  override readonly enabled = true;
  private readonly targets: Counter;
  private readonly transitions: Counter;
  private readonly intake: Counter;
  private readonly started: Counter;
  private readonly finished: Counter;
  private readonly duration: Histogram;
  private readonly stepDuration: Histogram;
  private readonly retries: Counter;
  private readonly compensations: Counter;
  private readonly spared: Counter;
  private readonly withdrawn: Counter;
  private readonly incidents: Counter;
  private readonly paths: Counter;
  private readonly missing: Counter;
  private readonly drifted: Counter;
  private readonly facts: Counter;
  private readonly hearsays: Counter;
  private readonly waits: Histogram;
  private readonly parkedRecords: Counter;
  private readonly gatedEvents: Counter;
  private readonly cycleDuration: Histogram;
  private readonly consumed: Counter;
  private readonly sent: Counter;
  private readonly lostLanes: Counter;
  private readonly conflicts: Counter;
  private readonly overrides: OverrideCounter;
  private readonly introduced = new Set<string>();
  private readonly heardOf = new Set<string>();
  /** By definition and block. */
  private readonly uncaught = new Map<string, OutsideNames>();

  constructor(private readonly meter: Meter) {
    super();
    const seconds = (boundaries: readonly number[]) => ({
      unit: 's',
      advice: { explicitBucketBoundaries: [...boundaries] },
    });
    this.targets = meter.createCounter('saga.targets', {
      description: 'Sagas that ended, by whether that was within the time their definition says.',
    });
    this.transitions = meter.createCounter('saga.transitions', {
      description: 'Inputs folded into sagas, by whether they brought them nearer to their end.',
    });
    this.intake = meter.createCounter('saga.intake', {
      description: 'Events that triggers looked at, by where they come from.',
    });
    this.started = meter.createCounter('saga.started', { description: 'Sagas that began.' });
    this.finished = meter.createCounter('saga.finished', { description: 'Sagas that ended, by outcome.' });
    this.duration = meter.createHistogram('saga.duration', {
      description: 'Time from the start of a saga to its end.',
      ...seconds(sagaSeconds),
    });
    this.stepDuration = meter.createHistogram('saga.step.duration', {
      description: 'Time from the first sending of a command to its settlement.',
      ...seconds(sagaSeconds),
    });
    this.retries = meter.createCounter('saga.step.retries', {
      description: 'Commands sent again after silence or a failure.',
    });
    this.compensations = meter.createCounter('saga.compensations', { description: 'Effects undone.' });
    this.spared = meter.createCounter('saga.compensations.skipped', {
      description:
        'Effects that did not have to be undone any more: settled by a person, or no longer there.',
    });
    this.withdrawn = meter.createCounter('saga.compensations.withdrawn', {
      description:
        'Effects that would have been undone, had a late success not come first, by the step that it came from.',
    });
    this.incidents = meter.createCounter('saga.incidents', {
      description: 'Incidents opened: sagas that wait for a person.',
    });
    this.paths = meter.createCounter('saga.exception_paths', {
      description: 'Exception paths taken, by name.',
    });
    this.missing = meter.createCounter('saga.legs.missing', {
      description:
        'Legs that joins went on without: they had failed, or gave nothing where others gave something.',
    });
    this.drifted = meter.createCounter('saga.answers.drifted', {
      description: 'Answers that are not what the contract of their participant says.',
    });
    this.facts = meter.createCounter('saga.facts', {
      description:
        'Facts that sagas asked for, by whether what was kept was fresh enough, or they had to wait for an event or for what was read, or decided without.',
    });
    this.hearsays = meter.createCounter('saga.facts.hearsay', {
      description:
        'Events that said something of a fact and came from another source than its contract declares.',
    });
    this.waits = meter.createHistogram('saga.wait.duration', {
      description: 'Time a saga waited for an event, a person, another saga, a lock, a fact or a time.',
      ...seconds(sagaSeconds),
    });
    this.parkedRecords = meter.createCounter('saga.records.parked', {
      description: 'Records set aside with their bytes.',
    });
    this.gatedEvents = meter.createCounter('saga.events.gated', {
      description: 'Events that started nothing, by gate.',
    });
    this.cycleDuration = meter.createHistogram('saga.cycle.duration', {
      description: 'Time to fold and commit one batch of records.',
      ...seconds(cycleSeconds),
    });
    this.consumed = meter.createCounter('messaging.client.consumed.messages', {
      description: 'Records of the home topic that were folded.',
    });
    this.sent = meter.createCounter('messaging.client.sent.messages', {
      description: 'Commands and events committed for sending.',
    });
    this.lostLanes = meter.createCounter('saga.cycle.failures', {
      description: 'Cycles whose commit failed, or was refused because somebody else holds a lane.',
    });
    this.conflicts = meter.createCounter('saga.cycle.conflicts', {
      description:
        'Commits tried again on what others had stored meanwhile: a start of the same key, or a newer revision.',
    });
    this.overrides = new OverrideCounter(meter);
    for (const kind of ['start', 'revision']) this.conflicts.add(0, { 'saga.kind': kind });
    for (const outcome of ['lost', 'failed']) this.lostLanes.add(0, { [attribute.outcome]: outcome });
  }

  override committed(transition: Transition): void {
    const { facts, input, effects, sent, target } = transition;
    const definition = { [attribute.definition]: facts.definition };
    this.introduce(definition);
    this.transitions.add(1, moved(definition, isProgress(transition)));
    if (input.kind === 'start') {
      this.started.add(1, { ...definition, [attribute.version]: facts.version });
    } else if (input.kind === 'action') {
      const override = overrideBy(transition);
      if (override !== undefined) this.overrides.count(facts.definition, override);
    }
    for (const { topic } of Object.values(sent)) this.sent.add(1, sending(topic));
    for (const effect of effects) {
      if (effect.kind === 'settled') this.settled(definition, effect);
      else if (effect.kind === 'waited') this.waited(definition, effect, input);
      else if (effect.kind === 'caught') this.caught(definition, effect);
      else if (effect.kind === 'noted') this.noted(definition, effect);
      else if (effect.kind === 'finish')
        this.ended(definition, effect.status, input.now - facts.startedAt, target);
      else if (effect.kind === 'incident' && effect.open) {
        this.incidents.add(1, { ...definition, [attribute.step]: effect.block, 'saga.code': effect.code });
      }
    }
  }

  override cycle({ records, seconds, outcome }: CycleMeasure): void {
    this.cycleDuration.record(seconds);
    if (outcome === 'committed') this.consumed.add(records, { 'messaging.system': 'kafka' });
    else this.lostLanes.add(1, { [attribute.outcome]: outcome });
  }

  override conflicted(kind: 'start' | 'revision'): void {
    this.conflicts.add(1, { 'saga.kind': kind });
  }

  override parked(topic: string, reason: string): void {
    this.parkedRecords.add(1, { 'messaging.destination.name': topic, 'saga.reason': reason });
  }

  override gated(definition: string, gate: string, count: number): void {
    this.gatedEvents.add(count, { [attribute.definition]: definition, 'saga.gate': gate });
  }

  override askedFor({ definition, step, outcome }: AskedFact): void {
    this.facts.add(1, {
      [attribute.definition]: definition,
      [attribute.step]: step,
      [attribute.outcome]: outcome,
    });
  }

  override hearsay(fact: string): void {
    this.hearsays.add(1, { 'saga.fact': fact });
  }

  override tookIn(definition: string, cause: IntakeCause, count: number): void {
    const from = (one: IntakeCause) => ({ [attribute.definition]: definition, 'saga.cause': one });
    if (!this.heardOf.has(definition))
      for (const one of ['outside', 'saga', 'command'] as const) this.intake.add(0, from(one));
    this.heardOf.add(definition);
    this.intake.add(count, from(cause));
  }

  override watch(gauges: Gauges): void {
    watchGauges(this.meter, gauges);
    this.overrides.watch(() => gauges.definitions());
  }

  /** A counter that begins with its first event has no rate for it: these begin with nothing. */
  private introduce(definition: Readonly<Record<typeof attribute.definition, string>>): void {
    const name = definition[attribute.definition];
    if (this.introduced.has(name)) return;
    this.introduced.add(name);
    for (const outcome of ['completed', 'compensated', 'cancelled'])
      this.finished.add(0, { ...definition, [attribute.outcome]: outcome });
    for (const isForward of [true, false]) this.transitions.add(0, moved(definition, isForward));
  }

  private ended(definition: Attributes, outcome: string, ms: number, target: SagaTarget | undefined): void {
    const attributes = { ...definition, [attribute.outcome]: outcome };
    this.finished.add(1, attributes);
    this.duration.record(ms / 1_000, attributes);
    if (target === undefined) return;
    // One that is missed for the first time is to be seen as a rise.
    for (const isMet of [true, false])
      this.targets.add(isMet === ms <= target.withinMs ? 1 : 0, targeted(definition, isMet));
  }

  private waited(
    definition: Attributes,
    { block, channel, outcome, startedAt, endedAt }: WaitedEffect,
    input: Transition['input'],
  ): void {
    if (channel === 'fact' && outcome !== 'withdrawn')
      this.facts.add(1, { ...definition, [attribute.step]: block, [attribute.outcome]: outcomeOf(input) });
    this.waits.record((endedAt - startedAt) / 1_000, {
      ...definition,
      [attribute.step]: block,
      [attribute.channel]: channel,
      [attribute.outcome]: outcome,
    });
  }

  private caught(definition: Attributes, { path, isUncaught, block, error }: CaughtEffect): void {
    const told = isUncaught === true ? `${block}.${this.uncaughtOf(definition, block).told(error)}` : path;
    this.paths.add(1, { ...definition, 'saga.path': told });
  }

  private uncaughtOf(definition: Attributes, block: string): OutsideNames {
    const key = `${String(definition[attribute.definition])} ${block}`;
    const known = this.uncaught.get(key) ?? new OutsideNames(mostUncaught);
    this.uncaught.set(key, known);
    return known;
  }

  private noted(definition: Attributes, { block, note }: Noted): void {
    const step = { ...definition, [attribute.step]: block };
    if (note.what === 'missing') this.missing.add(note.count, step);
    else if (note.what === 'plan-withdrawn') this.withdrawn.add(note.undos, step);
    else if (note.what === 'drifted') this.drifted.add(1, { ...definition, [attribute.command]: note.call });
  }

  private settled(definition: Attributes, effect: Settled): void {
    const step = { ...definition, [attribute.step]: effect.block, [attribute.direction]: effect.direction };
    const { attempts, outcome } = effect;
    this.stepDuration.record((effect.endedAt - effect.startedAt) / 1_000, {
      ...step,
      [attribute.outcome]: outcome,
    });
    this.retries.add(Math.max(0, attempts - 1), step);
    if (effect.direction === 'undo' && outcome === 'succeeded') this.compensations.add(1, step);
    if (effect.direction === 'undo' && outcome === 'skipped') this.spared.add(1, step);
  }
}

/** Whoever stops waiting by themselves has not heard of it. */
function outcomeOf(input: Transition['input']): FactOutcome {
  return input.kind === 'heard' ? factOutcome(input) : 'stale';
}

function targeted(definition: Attributes, isMet: boolean): Attributes {
  return { ...definition, [attribute.outcome]: isMet ? 'met' : 'missed' };
}

function moved(definition: Attributes, isForward: boolean): Attributes {
  return { ...definition, [attribute.outcome]: isForward ? 'advanced' : 'in-vain' };
}

function sending(topic: string): Attributes {
  return { 'messaging.system': 'kafka', 'messaging.destination.name': topic };
}
