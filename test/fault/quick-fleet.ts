import { startFleet, type Fleet, type FleetOptions } from '../harness/fleet.js';

/** How long a group waits for a member that has died, in the fleets of fault tests. */
export const sessionTimeoutMs = 3_000;

/** Starts a fleet whose consumer groups miss a dead member after three seconds, the least a coordinator takes. */
export function startQuickFleet(options: FleetOptions): Promise<Fleet> {
  const session = String(sessionTimeoutMs);
  return startFleet({
    ...options,
    env: { SKALD_SESSION_TIMEOUT_MS: session, SHOP_SESSION_TIMEOUT_MS: session, ...options.env },
    stack: {
      ...options.stack,
      brokerProperties: { 'group.min.session.timeout.ms': session, ...options.stack?.brokerProperties },
    },
  });
}

/** True when every accident is to happen once only, because everything else is tested as well. */
export const isOnce = process.env['SKALD_FAULTS'] === 'once';
