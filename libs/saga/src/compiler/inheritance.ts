import { at, completed, longForm, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { durationMs } from '../expression/duration.js';
import type { RetryPolicy } from '../node.js';
import type { CommandContract } from './contracts.js';
import type { Namespaces } from './namespaces.js';
import { complainOf, visibleTo } from './sharing.js';

/** How often and when to try again, where nobody says. */
export const BUILT_IN_RETRY: RetryPolicy = {
  attempts: 10,
  delayMs: 1_000,
  factor: 2,
  maxDelayMs: 60_000,
  jitter: 0.2,
};
const BUILT_IN_SAGA_TIMEOUT_MS = 30 * 86_400_000;

/** Where settings come from that a block does not say itself. */
export interface Inheritance {
  readonly saga: Cursor;
  readonly namespaces: Namespaces;
  /** The standards that the saga uses, nearest first. */
  readonly standards: readonly Cursor[];
  readonly log: ProblemLog;
  /** Is told of every setting that is looked for. */
  readonly onSetting?: (setting: Setting) => void;
}

/** A setting of a block, with every place that says it, nearest first. */
export interface Setting {
  readonly saga: Cursor;
  /** The block, or its `compensate`. */
  readonly block: Cursor;
  readonly of: DefaultsOf;
  readonly key: string;
  readonly levels: readonly Cursor[];
}

/** What settings are wanted for: a kind of block, or the command that undoes one. */
export type DefaultsOf =
  | 'step'
  | 'compensate'
  | 'task'
  | 'lock'
  | 'wait'
  | 'parallel'
  | 'forEach'
  | 'choice'
  | 'repeat'
  | 'group'
  | 'saga'
  | 'include';

/**
 * The places that may say a setting, nearest first: block, command, participant, the saga's defaults, those of
 * the standards it uses, the namespace's defaults. What none of them says is built in.
 */
export function settingsOf(
  key: string,
  of: DefaultsOf,
  block: Cursor,
  command: Pick<CommandContract, 'cursor' | 'participant'> | undefined,
  inheritance: Inheritance,
): readonly Cursor[] {
  const { saga, standards, namespaces } = inheritance;
  const namespace = namespaces.of(saga.document);
  const places = [
    block,
    command?.cursor,
    command?.participant,
    ...[saga, ...standards, namespace].map((place) => defaultsAt(place, of)),
  ];
  const levels = places.flatMap((place) => {
    const found = place === undefined ? undefined : at(place, key);
    return found === undefined ? [] : [found];
  });
  inheritance.onSetting?.({ saga, block, of, key, levels });
  return levels;
}

/** A kind of block that leaves keys to `defaults.<head>`. */
interface Inheriting {
  readonly head: string;
  readonly inherits?: { readonly keys: readonly string[]; readonly for?: (block: Cursor) => boolean };
}

/** A block with what it leaves to `defaults`. */
export function withDefaults(block: Cursor, kind: Inheriting, inheritance: Inheritance): Cursor {
  const { inherits, head } = kind;
  if (inherits === undefined || inherits.for?.(block) === false) return block;
  const found = inherits.keys.flatMap((key) => {
    const [nearest] = settingsOf(key, head as DefaultsOf, block, undefined, inheritance);
    return nearest === undefined || at(block, key) !== undefined ? [] : [[key, nearest] as const];
  });
  return completed(block, Object.fromEntries(found));
}

function defaultsAt(document: Cursor | undefined, of: DefaultsOf): Cursor | undefined {
  const defaults = document === undefined ? undefined : at(document, 'defaults');
  return defaults === undefined ? undefined : at(defaults, of);
}

/** How to try again; each number is inherited by itself, and one beside a named policy is nearer than that policy. */
export function retryPolicy(settings: readonly Cursor[], inheritance: Inheritance): RetryPolicy {
  const levels = settings.flatMap((setting) => retryLevels(setting, inheritance));
  const attempts = first(levels, 'attempts');
  const factor = first(levels, 'factor');
  const jitter = first(levels, 'jitter');
  return {
    attempts: attempts === 'forever' || typeof attempts === 'number' ? attempts : BUILT_IN_RETRY.attempts,
    delayMs: firstDuration(levels, 'delay') ?? BUILT_IN_RETRY.delayMs,
    factor: typeof factor === 'number' ? factor : BUILT_IN_RETRY.factor,
    maxDelayMs: firstDuration(levels, 'maxDelay') ?? BUILT_IN_RETRY.maxDelayMs,
    jitter: typeof jitter === 'string' ? Number.parseFloat(jitter) / 100 : BUILT_IN_RETRY.jitter,
  };
}

/** Does one of these settings say how often? */
export function saysAttempts(settings: readonly Cursor[], inheritance: Inheritance): boolean {
  return settings
    .flatMap((setting) => retryLevels(setting, inheritance))
    .some((level) => at(level, 'attempts') !== undefined);
}

/** What a `retry` says by itself, and then the policy it names. */
export function retryLevels(
  setting: Cursor,
  inheritance: Pick<Inheritance, 'namespaces' | 'log'>,
): readonly Cursor[] {
  const long = longForm(setting, 'policy');
  const policy = at(long, 'policy');
  const named = policy === undefined ? undefined : namedPolicy(policy, inheritance);
  return named === undefined ? [long] : [long, named];
}

function namedPolicy(
  policy: Cursor,
  { namespaces, log }: Pick<Inheritance, 'namespaces' | 'log'>,
): Cursor | undefined {
  const visible = visibleTo(policy.document, 'retry', namespaces);
  const found = visible.get(String(policy.value));
  const where = visible.size === 0 ? ' Name it under `policies.retry` of the namespace.' : '';
  if (found === undefined)
    complainOf(
      'retry',
      policy,
      namespaces,
      log,
      (hint) => `There is no retry policy "${String(policy.value)}".${hint}${where}`,
    );
  return found;
}

/** The time a saga has: its own, the namespace's, or thirty days. */
export function sagaTimeoutMs({ saga, namespaces }: Inheritance): number {
  for (const place of [saga, namespaces.of(saga.document)]) {
    const timeout = place === undefined ? undefined : at(place, 'timeout');
    if (timeout !== undefined) return blockTimeoutMs(timeout)!;
  }
  return BUILT_IN_SAGA_TIMEOUT_MS;
}

/** The time a block has. */
export function blockTimeoutMs(timeout: Cursor): number | undefined {
  return firstDuration([longForm(timeout, 'after')], 'after');
}

function first(levels: readonly Cursor[], key: string): unknown {
  for (const level of levels) {
    const found = at(level, key);
    if (found !== undefined) return found.value;
  }
  return undefined;
}

/** The duration that the nearest of these places says under a key. */
export function firstDuration(levels: readonly Cursor[], key: string): number | undefined {
  const found = first(levels, key);
  return typeof found === 'string' ? durationMs(found) : undefined;
}
