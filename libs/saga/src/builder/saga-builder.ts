import { builtDocument, type SourceDocument } from '../document/source-document.js';
import type { Json, JsonObject } from '../json.js';
import type {
  BlockData,
  Catch,
  DataTemplate,
  DottedName,
  DurationText,
  ListenerOptions,
  Requires,
  Retry,
  Silence,
  StepOptions,
} from './block-options.js';
import { BlocksBuilder, catchData, listenerData } from './blocks-builder.js';
import type { TaskDefaults } from './task-options.js';
import type { FlipsOptions, KeyOptions, StreamTriggerOptions, TriggerOptions } from './start-options.js';

/** What may stand at the top of a saga beside its key, its triggers and its blocks. */
export interface SagaOptions {
  readonly title?: string;
  readonly description?: string;
  readonly owner?: string;
  /** The namespace it belongs to, where there are several. */
  readonly belongsTo?: string;
  readonly status?: string;
  readonly timeout?: DurationText;
  /** `start`: nothing is ever undone. */
  readonly pivot?: 'start';
  /** Freezes a key that goes back and forth too often. */
  readonly flips?: FlipsOptions;
  readonly target?: { readonly share: `${number}%`; readonly within: DurationText };
  /** The name of a JSON Schema file, or a JSON Schema. */
  readonly input?: string | JsonObject;
  readonly toggles?: Readonly<Record<string, { readonly default: boolean; readonly title?: string }>>;
  /** What it has found out when it has completed, for the facts whose `readBy` names it. */
  readonly known?: { readonly value: Json; readonly asOf?: string };
  /** Standards that count where the saga says nothing itself. */
  readonly use?: readonly (string | { readonly standard: string; readonly version?: number })[];
  readonly defaults?: {
    readonly step?: Pick<StepOptions, 'ifUnknown'> & { readonly retry?: Retry; readonly timeout?: Silence };
    readonly task?: TaskDefaults;
    readonly compensate?: { readonly retry?: Retry; readonly timeout?: Silence };
  };
}

/** What is told when a saga ends. */
export interface OutcomeOptions {
  readonly emit?: DottedName;
  readonly with?: DataTemplate;
  /** What the saga that it is linked to has turned out to be: `good`, `bad` or `unknown`. */
  readonly judge?: string;
}

/**
 * Begins a saga. The result is data like a YAML document: `compileDefinitions` reads both in the same way.
 *
 * ```ts
 * export const order = saga('order', 1)
 *   .key('input.orderId')
 *   .startsOn('shop.order.placed')
 *   .step('reserveStock', { call: 'inventory.reserve', compensate: 'inventory.release' })
 *   .step('chargeCard', { call: 'payment.charge', pivot: true });
 * ```
 */
export function saga(name: string, version: number, options: SagaOptions = {}): SagaBuilder {
  return new SagaBuilder({ saga: name, version, ...(options as JsonObject) }, []);
}

/** A saga as it is written in TypeScript. Immutable. */
export class SagaBuilder extends BlocksBuilder<SagaBuilder> {
  /** @internal */
  constructor(
    private readonly head: JsonObject,
    list: readonly BlockData[],
  ) {
    super(list);
  }

  /** The business key of an instance, over `input`. */
  key(of: string, options: KeyOptions = {}): SagaBuilder {
    return this.withHead({ key: Object.keys(options).length === 0 ? of : { of, ...options } });
  }

  /** Starts an instance on a domain event. */
  startsOn(event: DottedName, options: StreamTriggerOptions = {}): SagaBuilder {
    return this.starts({ event, ...options });
  }

  /** Starts an instance on something else: a schedule, a webhook, a person, another saga that has ended. */
  starts(trigger: TriggerOptions): SagaBuilder {
    const triggers = (this.head['triggers'] ?? []) as readonly Json[];
    return this.withHead({ triggers: [...triggers, { ...trigger } as JsonObject] });
  }

  /** Handles errors that no block caught. */
  catch(handlers: Catch): SagaBuilder {
    return this.withHead({ catch: catchData(handlers) });
  }

  /** Facts that have to be known before anything begins. */
  requires(facts: Requires): SagaBuilder {
    return this.withHead({ requires: facts });
  }

  /** Listens for an event as long as it runs. */
  listens(listener: ListenerOptions): SagaBuilder {
    const listen = (this.head['listen'] ?? []) as readonly Json[];
    return this.withHead({ listen: [...listen, listenerData(listener)] });
  }

  /** Tells an ending. */
  outcome(status: 'completed' | 'compensated' | 'cancelled', options: OutcomeOptions): SagaBuilder {
    const outcomes = (this.head['outcomes'] ?? {}) as JsonObject;
    return this.withHead({ outcomes: { ...outcomes, [status]: { ...options } } });
  }

  /** The document, the same data as its YAML. */
  toDocument(): JsonObject {
    return { ...this.head, steps: this.toBlocks() };
  }

  /** The document as a source for `compileDefinitions`; `file` is what problems are reported under. */
  toSource(file = `${String(this.head['saga'])}.ts`): SourceDocument {
    return builtDocument(file, this.toDocument());
  }

  protected withBlocks(list: readonly BlockData[]): SagaBuilder {
    return new SagaBuilder(this.head, list);
  }

  private withHead(part: JsonObject): SagaBuilder {
    return new SagaBuilder({ ...this.head, ...part }, this.toBlocks());
  }
}
