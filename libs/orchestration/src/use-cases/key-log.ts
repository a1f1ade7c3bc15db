import { deriveDeskId, hash16, uuidText, type Clock, type Instant } from '#libs/messaging';
import { admissionRecord, admitKind, keyName } from '../desks/admission-messages.js';
import type { AdmissionLine } from '../desks/admission-log.js';
import type { AdmissionDeskState } from '../desks/admit-desk.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore, SagaSummary } from '../operator-store.js';
import { assertPublished } from './assert-published.js';
import type { HomeMailbox } from './home-mailbox.js';
import { waitUntil } from './wait-until.js';

/** Everything about one business key of a definition: its sagas, who waits, what was turned away and why. */
export interface KeyView {
  readonly definition: string;
  readonly key: string;
  /** Since when nothing is started for it, because it went back and forth. */
  readonly frozenAt?: Instant;
  /** The saga that has the key, where starts wait for each other. */
  readonly running?: string;
  /** The sagas to come, first come first served. */
  readonly waiting: readonly string[];
  /** What happened to the key lately, oldest first. Empty where nothing has to be remembered of a key. */
  readonly log: readonly AdmissionLine[];
  /** Newest first, at most 50. */
  readonly sagas: readonly SagaSummary[];
}

/** Which key, and of which definition. */
export interface KeyOf {
  readonly definition: string;
  readonly key: string;
}

/** What became of a wish to let a key go. */
export type ThawAnswer =
  | { readonly kind: 'done' | 'pending'; readonly request: string }
  | { readonly kind: 'refused'; readonly request: string; readonly detail: string };

/** What {@link KeyLog} works with. */
export interface KeyLogOptions {
  readonly store: OperatorStore;
  readonly definitions: LoadedDefinitions;
  readonly mailbox: HomeMailbox;
  readonly clock: Clock;
  /** How long to wait until a wish is folded. Default 5,000. */
  readonly waitMs?: number;
}

/** Shows what happened to a business key, and lets one go that is frozen. */
export class KeyLog {
  constructor(private readonly options: KeyLogOptions) {}

  /** @throws RequestError when there is no such definition. */
  async show({ definition, key }: KeyOf): Promise<KeyView> {
    await assertPublished(definition, this.options.definitions);
    const { store } = this.options;
    const [desk, sagas] = await Promise.all([
      store.findDesk(deriveDeskId(admitKind, keyName({ definition, businessKey: key }))),
      store.list({ definition, businessKey: key }),
    ]);
    const state = desk === undefined ? undefined : (JSON.parse(desk.state) as AdmissionDeskState);
    const { running, queue = [], frozenAt, gathering = [] } = state?.admission ?? {};
    return {
      definition,
      key,
      ...(frozenAt === undefined ? {} : { frozenAt }),
      ...(running === undefined ? {} : { running: running.saga }),
      waiting: [...queue, ...gathering.map(({ candidate }) => candidate)].map(({ saga }) => saga),
      log: state?.log ?? [],
      sagas,
    };
  }

  /** Starts count for the key again; what went back and forth before is forgotten. */
  async thaw({ definition, key }: KeyOf, by: string, reason: string): Promise<ThawAnswer> {
    await assertPublished(definition, this.options.definitions);
    const { mailbox, clock } = this.options;
    const request = uuidText(hash16('thaw', definition, key, String(clock.now()), by));
    const message = { kind: 'thaw', request, by, reason } as const;
    await mailbox.put(admissionRecord({ definition, businessKey: key }, message));
    const answer = await waitUntil(clock, this.options.waitMs ?? 5_000, () => this.answer(request));
    return answer ?? { kind: 'pending', request };
  }

  private async answer(request: string): Promise<ThawAnswer | undefined> {
    const audit = await this.options.store.audit(request);
    if (audit === undefined) return undefined;
    return audit.result === 'refused'
      ? { kind: 'refused', request, detail: audit.detail }
      : { kind: 'done', request };
  }
}
