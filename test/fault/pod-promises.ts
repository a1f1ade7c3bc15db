import type { Pod } from '../harness/pod.js';

/** What the cluster would hold against pods that were to live on undisturbed, a line each; empty: nothing. */
export function failedProbes(pods: readonly Pod[]): readonly string[] {
  return pods.flatMap(({ name, liveness, readiness }) => [
    ...[...liveness.failed, ...readiness.failed].map(({ path, why }) => `${name} ${path}: ${why}`),
    ...(liveness.successes === 0 ? [`${name} was never asked whether it lives`] : []),
  ]);
}
