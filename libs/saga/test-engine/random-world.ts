import fc from 'fast-check';
import type { World } from './simulated-run.js';

/** From perfect order to a world where half of everything goes wrong. */
export const anyWorld: fc.Arbitrary<World> = fc.record({
  seed: fc.nat(),
  lost: fc.constantFrom(0, 0.1, 0.4),
  doubled: fc.constantFrom(0, 0.3),
  late: fc.constantFrom(0, 0.2, 0.6),
  unsendable: fc.constantFrom(0, 0, 0.05),
  unwilling: fc.constantFrom(0, 0.2, 0.5),
  calmAfterMs: fc.constantFrom(5_000, 60_000),
  isAttended: fc.boolean(),
  isOn: fc.boolean(),
  switchAfterMs: fc.option(fc.integer({ min: 0, max: 8_000 }), { freq: 2 }),
  cancelAfterMs: fc.option(fc.integer({ min: 0, max: 8_000 }), { freq: 4 }),
});
