import { at, longForm, type Cursor } from '../document/cursor.js';
import type { SilencePolicy, StepKind } from '../node.js';
import type { BlockCompiler } from './block-compiler.js';
import { firstDuration, type Inheritance } from './inheritance.js';
import { complainOf, visibleTo } from './sharing.js';

/** How long silence is borne, where nobody says. */
export const BUILT_IN_SILENCE: SilencePolicy = { afterMs: 30_000, acceptedMs: 600_000 };

/** The places that say how long silence is borne, with the nearest policy that one of them names. */
export interface SilenceLevels {
  /** What counts before the policy; all of them where none is named. */
  readonly near: readonly Cursor[];
  readonly named?: { readonly name: string; readonly policy: Cursor };
  /** What counts for what the policy leaves open. */
  readonly far: readonly Cursor[];
}

/** Finds out which of these settings names a policy, and which come before it. */
export function silenceLevels(
  settings: readonly Cursor[],
  inheritance: Pick<Inheritance, 'namespaces' | 'log'>,
): SilenceLevels {
  const levels = settings.map((setting) => longForm(setting, 'after'));
  const index = levels.findIndex((level) => at(level, 'policy') !== undefined);
  if (index < 0) return { near: levels, far: [] };
  const [near, far] = [levels.slice(0, index + 1), levels.slice(index + 1)];
  const policy = namedPolicy(at(levels[index]!, 'policy')!, inheritance);
  checkNeed(levels[index]!, inheritance);
  return policy === undefined ? { near, far } : { near, far, named: policy };
}

function namedPolicy(
  named: Cursor,
  { namespaces, log }: Pick<Inheritance, 'namespaces' | 'log'>,
): SilenceLevels['named'] {
  const name = String(named.value);
  const visible = visibleTo(named.document, 'timeout', namespaces);
  const policy = visible.get(name);
  if (policy !== undefined) return { name, policy };
  const where = visible.size === 0 ? ' Name it under `policies.timeout` of the namespace.' : '';
  const message = (hint: string) => `There is no time-out policy "${name}".${hint}${where}`;
  complainOf('timeout', named, namespaces, log, message);
  return undefined;
}

function checkNeed(level: Cursor, { log }: Pick<Inheritance, 'log'>): void {
  if (at(level, 'after') !== undefined && at(level, 'accepted') !== undefined)
    log.errorAtKey(
      at(level, 'policy')!,
      'Both times are said here, so the policy has nothing to decide. Leave out `policy`, or one of `after` and `accepted`.',
    );
}

/**
 * How long silence is borne; each of the two durations is inherited by itself. What is said nearer than a policy, or
 * beside its name, counts before it.
 */
export function silencePolicy(
  settings: readonly Cursor[],
  kind: StepKind,
  { inheritance, timeouts }: Pick<BlockCompiler, 'inheritance' | 'timeouts'>,
): SilencePolicy {
  const { near, named, far } = silenceLevels(settings, inheritance);
  const afterMs = firstDuration(near, 'after');
  const acceptedMs = firstDuration(near, 'accepted');
  const otherwise = {
    afterMs: afterMs ?? BUILT_IN_SILENCE.afterMs,
    acceptedMs: acceptedMs ?? firstDuration(far, 'accepted') ?? BUILT_IN_SILENCE.acceptedMs,
  };
  const isFixed = afterMs !== undefined && acceptedMs !== undefined;
  if (named === undefined || isFixed) return otherwise;
  const cases = timeouts(named.policy).map((each) => ({
    ...each,
    afterMs: afterMs ?? each.afterMs,
    acceptedMs: acceptedMs ?? each.acceptedMs ?? otherwise.acceptedMs,
  }));
  return { ...otherwise, chosen: { policy: named.name, kind, cases } };
}
