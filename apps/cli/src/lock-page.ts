import type { Instant } from '#libs/messaging';
import { durationText } from '#libs/orchestration';
import { ageText } from './page-text.js';
import { table } from './table.js';

interface ShownLockSaga {
  readonly saga: string;
  readonly definition: string;
  readonly key: string;
  readonly block: string;
  readonly since: string;
}

/** A lock as the API shows it. */
export interface ShownLock {
  readonly resource: string;
  readonly holder?: ShownLockSaga & {
    readonly token: number;
    readonly leasedUntil: string;
    readonly givesBackSince?: string;
    readonly keeps: boolean;
    readonly says?: readonly string[];
  };
  readonly waiting: readonly (ShownLockSaga & { readonly conflict: string })[];
}

/** Locks as a table: a line for whoever holds one, and one for each that waits for it. */
export function lockTable(locks: readonly ShownLock[], now: Instant): string {
  const rows = locks.flatMap(({ resource, holder, waiting }) => [
    [
      resource,
      ...whoOf(holder, now),
      holder === undefined ? 'free' : holdingText(holder, now) + saysText(holder),
    ],
    ...waiting.map((each) => ['', ...whoOf(each, now), waitingText(each.conflict)]),
  ]);
  return table(['lock', 'saga', 'business key', 'block', 'for', 'stands'], rows);
}

function whoOf(saga: ShownLockSaga | undefined, now: Instant): readonly string[] {
  if (saga === undefined) return ['-', '-', '-', '-'];
  const { definition, key, block, since } = saga;
  return [`${definition} ${saga.saga}`, key, block, ageText(since, now)];
}

function holdingText({ givesBackSince, keeps, leasedUntil }: NonNullable<ShownLock['holder']>, now: Instant) {
  if (keeps) return 'holds it, and keeps it';
  if (givesBackSince !== undefined) return 'undoes what it did, and gives it back';
  const leftMs = Date.parse(leasedUntil) - now;
  return leftMs > 0 ? `holds it, lease for ${durationText(leftMs)}` : 'holds it, lease over';
}

function saysText({ says = [] }: NonNullable<ShownLock['holder']>): string {
  return says.length === 0 ? '' : `: ${says.join('; ')}`;
}

function waitingText(conflict: string): string {
  return conflict === 'takeOver' ? 'takes it over' : 'waits';
}
