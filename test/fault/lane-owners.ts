import { eventually } from '../harness/deadline.js';
import type { Fleet } from '../harness/fleet.js';

const withinMs = 60_000;

/** Waits until every lane belongs to the coordinators of these names, and each of them has one. */
export function ownedBy(fleet: Fleet, ...names: readonly string[]): Promise<unknown> {
  const areOwners = async (): Promise<boolean> => {
    const lanes = await fleet.query<{ owner: string }>('select owner from saga_lane where topic = $1', [
      fleet.homeTopic,
    ]);
    const owners = new Set(lanes.map(({ owner }) => owner.split('/')[0]!));
    return owners.size === names.length && names.every((name) => owners.has(name));
  };
  return eventually(`${names.join(' and ')} to own the lanes`, areOwners, withinMs);
}
