import type { DeskId, Instant } from '#libs/messaging';
import { isWorthKeeping, type LiveDesk } from './live-desk.js';

/**
 * The desks a lane keeps in memory, as last committed; those that were left empty too, so that the next message to one
 * asks the store nothing. Bounded: the desk longest unchanged goes first.
 */
export class DeskCache {
  private readonly desks = new Map<DeskId, LiveDesk>();

  constructor(private readonly capacity: number) {}

  /** The desk, if memory knows it; it may be empty. */
  get(id: DeskId): LiveDesk | undefined {
    return this.desks.get(id);
  }

  put(desk: LiveDesk): void {
    this.desks.delete(desk.id);
    this.desks.set(desk.id, desk);
    if (this.desks.size > this.capacity) this.desks.delete(this.desks.keys().next().value!);
  }

  /** When a desk wants to be woken, as far as memory knows: `never` when it does not, `undefined` when it is not in memory. */
  wantedWake(id: DeskId): Instant | 'never' | undefined {
    const desk = this.desks.get(id);
    if (desk === undefined) return undefined;
    return isWorthKeeping(desk) ? (desk.wakeAt ?? 'never') : 'never';
  }
}
