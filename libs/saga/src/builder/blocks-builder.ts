import type { Json, JsonObject } from '../json.js';
import type {
  BlockData,
  BlockList,
  BlockOptions,
  CaseOptions,
  Catch,
  Compensate,
  DataTemplate,
  DottedName,
  ForEachOptions,
  GroupOptions,
  HandlerOptions,
  JoinOptions,
  ListenerOptions,
  LockOptions,
  RepeatOptions,
  SagaBlockOptions,
  StepOptions,
  TimedOptions,
  WaitOptions,
} from './block-options.js';
import { taskData, type TaskOptions } from './task-options.js';

/**
 * Writes a list of blocks. Immutable: each call returns a new list, so a beginning can be shared.
 *
 * It knows the words and their types; whether the definition makes sense is checked by `compileDefinitions`,
 * exactly as for YAML.
 */
export abstract class BlocksBuilder<Self> implements BlockList {
  protected constructor(private readonly list: readonly BlockData[]) {}

  /** The same kind of builder with these blocks. */
  protected abstract withBlocks(list: readonly BlockData[]): Self;

  /** Asks one participant for one thing. */
  step(name: string, options: StepOptions): Self {
    return this.add({ step: name }, options);
  }

  /** Runs branches beside each other. */
  parallel(
    name: string,
    branches: Readonly<Record<string, BlockList>>,
    options: TimedOptions & JoinOptions = {},
  ): Self {
    const lists = Object.entries(branches).map(([branch, blocks]) => [branch, blocks.toBlocks()] as const);
    return this.add({ parallel: name, branches: Object.fromEntries(lists) }, options);
  }

  /** Does the same for each item of a list, beside each other; `timeout` is for one item. */
  forEach(name: string, inner: BlockList, options: ForEachOptions): Self {
    return this.add({ forEach: name, do: inner.toBlocks() }, options);
  }

  /** Does the same again until a condition holds. */
  repeat(name: string, inner: BlockList, options: RepeatOptions): Self {
    return this.add({ repeat: name, do: inner.toBlocks() }, options);
  }

  /** Takes the first case whose condition holds, else `otherwise`. */
  choice(
    name: string,
    cases: readonly CaseOptions[],
    otherwise: BlockList,
    options: TimedOptions = {},
  ): Self {
    const all = cases.map(({ case: label, if: condition, do: list }) => ({
      case: label,
      if: condition,
      do: list.toBlocks(),
    }));
    return this.add({ choice: name, cases: all, else: otherwise.toBlocks() }, options);
  }

  /** Holds blocks together. */
  group(name: string, inner: BlockList, options: GroupOptions = {}): Self {
    return this.add({ group: name, do: inner.toBlocks() }, options);
  }

  /** Runs another saga and waits for its end, or only starts it. */
  saga(name: string, options: SagaBlockOptions): Self {
    return this.add({ saga: name }, options);
  }

  /** Takes a lock, held to the end of the saga or until undo passes it. */
  lock(name: string, options: LockOptions): Self {
    return this.add({ lock: name }, options);
  }

  /** Asks people, and goes on with what one of them answers. */
  task(name: string, options: TaskOptions): Self {
    return this.add({ task: name }, taskData(options));
  }

  /** Waits for a duration, until an instant, for an event or for the first of several. */
  wait(name: string, options: WaitOptions): Self {
    return this.add({ wait: name }, waitData(options));
  }

  /** Names a value. */
  set(name: string, value: Json, options: BlockOptions = {}): Self {
    return this.add({ set: name, value }, options);
  }

  /** Publishes a domain event. */
  emit(
    name: string,
    options: BlockOptions & { readonly event: DottedName; readonly with?: DataTemplate },
  ): Self {
    return this.add({ emit: name }, options);
  }

  /** Raises an error of the saga's own. */
  raise(error: string, options: BlockOptions & { readonly message?: string } = {}): Self {
    return this.add({ raise: error }, options);
  }

  /** Finishes the saga early, as completed. */
  end(result: string, options: BlockOptions = {}): Self {
    return this.add({ end: result }, options);
  }

  /** The list as data. */
  toBlocks(): readonly BlockData[] {
    return this.list;
  }

  private add(head: BlockData, options: BlockOptions & Compensated & object): Self {
    const { catch: handlers, listen, compensate, ...own } = options;
    return this.withBlocks([
      ...this.list,
      {
        ...head,
        ...own,
        ...(compensate === undefined ? {} : { compensate: compensateData(compensate) }),
        ...(handlers === undefined ? {} : { catch: catchData(handlers) }),
        ...(listen === undefined ? {} : { listen: listen.map(listenerData) }),
      },
    ]);
  }
}

interface Compensated {
  readonly compensate?: Compensate;
}

/** A listener as data. */
export function listenerData(listener: ListenerOptions): JsonObject {
  if ('do' in listener) return { ...listener, do: listener.do.toBlocks() };
  const { tooLate, ...own } = listener;
  return { ...own, ...(tooLate === undefined ? {} : { tooLate: tooLate.toBlocks() }) };
}

/** Handlers as data. */
export function catchData(handlers: Catch): JsonObject {
  return Object.fromEntries(
    Object.entries(handlers).map(([error, handler]) => [error, handlerData(handler)]),
  );
}

function handlerData(handler: HandlerOptions): Json {
  if (typeof handler === 'string') return handler;
  if ('toBlocks' in handler) return handler.toBlocks();
  const { do: list, ...own } = handler;
  return list === undefined ? own : { do: list.toBlocks(), ...own };
}

function compensateData(compensate: Compensate): Json {
  if (typeof compensate === 'string') return compensate;
  if ('toBlocks' in compensate) return compensate.toBlocks();
  if (!('do' in compensate)) return compensate;
  return { ...compensate, do: compensate.do.toBlocks() };
}

function waitData(options: WaitOptions): BlockOptions & object {
  if (!('default' in options) && !('first' in options)) return options;
  const { default: fallback, ...own } = options;
  return {
    ...own,
    ...('first' in own && { first: own.first.map((each) => ({ ...each, do: each.do.toBlocks() })) }),
    ...(fallback !== undefined && { default: { ...fallback, do: fallback.do.toBlocks() } }),
  };
}

/** A list of blocks on its own. */
export class Blocks extends BlocksBuilder<Blocks> {
  constructor(list: readonly BlockData[]) {
    super(list);
  }

  protected withBlocks(list: readonly BlockData[]): Blocks {
    return new Blocks(list);
  }
}

/** The empty list of blocks, to begin a branch, a case or a handler with. */
export const blocks = new Blocks([]);
