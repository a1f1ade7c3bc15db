import { type Attributes, type Context, type Link, type SpanKind } from '@opentelemetry/api';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  SamplingDecision,
  TraceIdRatioBasedSampler,
  type Sampler,
  type SamplingResult,
} from '@opentelemetry/sdk-trace-base';
import { attribute } from './span-attributes.js';

/** What was asked for by a person is not left to chance; everything else is sampled as the environment says. */
export class RetellingSampler implements Sampler {
  constructor(private readonly usual: Sampler) {}

  shouldSample(
    around: Context,
    traceId: string,
    name: string,
    kind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): SamplingResult {
    if (attributes[attribute.retold] === true) return { decision: SamplingDecision.RECORD_AND_SAMPLED };
    return this.usual.shouldSample(around, traceId, name, kind, attributes, links);
  }

  toString(): string {
    return `RetellingSampler{${this.usual.toString()}}`;
  }
}

/**
 * The sampler that `OTEL_TRACES_SAMPLER` and `OTEL_TRACES_SAMPLER_ARG` name, by the specification of the variables.
 * Default, also for what is not known: `parentbased_always_on`.
 */
export function samplerOf(env: Readonly<Record<string, string | undefined>>): Sampler {
  const name = env['OTEL_TRACES_SAMPLER']?.trim().toLowerCase() ?? '';
  const argument = Number(env['OTEL_TRACES_SAMPLER_ARG']?.trim() || '1');
  const ratio = argument >= 0 && argument <= 1 ? argument : 1;
  const plain = name.replace(/^parentbased_/, '');
  const root =
    plain === 'always_off'
      ? new AlwaysOffSampler()
      : plain === 'traceidratio'
        ? new TraceIdRatioBasedSampler(ratio)
        : new AlwaysOnSampler();
  const isPlain = ['always_on', 'always_off', 'traceidratio'].includes(name);
  return isPlain ? root : new ParentBasedSampler({ root });
}
