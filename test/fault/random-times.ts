import process from 'node:process';
import { SystemClock, waitFor } from '#libs/messaging';

/** Pauses of random length, drawn from a seed that can be given again. */
export class RandomTimes {
  readonly seed: number;
  private readonly clock = new SystemClock();
  private state: number;

  /** `FAULT_SEED` decides; without it every run takes another course. */
  constructor() {
    const given = process.env['FAULT_SEED'];
    this.seed = given === undefined ? this.clock.now() % 1_000_000 : Number(given);
    this.state = this.seed;
  }

  /** Waits from `leastMs` to `mostMs`. */
  async pause(leastMs: number, mostMs: number): Promise<void> {
    await waitFor(this.clock, leastMs + Math.floor(this.next() * (mostMs - leastMs)));
  }

  /** From 0 up to, but not including, 1 (mulberry32). */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }
}
