import type { CoordinatorOptions, CoordinatorProcess } from './coordinator-process.js';
import type { LocalStack, LocalStackOptions } from '../../deploy/local/src/index.js';

/** The participants of the shop. */
export type ParticipantName = 'inventory' | 'payment' | 'shipping';

/** What a fleet is made of. */
export interface FleetOptions {
  /** Names its folder; readable in process lists and logs. */
  readonly name: string;
  /** Coordinators to begin with. Default 1. */
  readonly coordinators?: number;
  /** How a coordinator is started. Default: with settings of tests; a chart's release knows another way. */
  readonly launch?: (options: CoordinatorOptions) => Promise<CoordinatorProcess>;
  /** Participants of the shop to run. Default: all three. */
  readonly participants?: readonly ParticipantName[];
  /** How long a step bears silence; `as shipped` leaves the definitions as they are. Default 3,000. */
  readonly silenceMs?: number | 'as shipped';
  /** Variables for every process, on top of addresses and secrets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Variables for coordinators alone; asked for when broker and database answer. */
  readonly coordinatorEnv?:
    | Readonly<Record<string, string>>
    | ((stack: LocalStack) => Promise<Readonly<Record<string, string>>>);
  /** Variables for participants alone. */
  readonly participantEnv?: Readonly<Record<string, string>>;
  /** Participants keep their ledgers on a database server of their own. Default false. */
  readonly ownLedgers?: boolean;
  /** Where broker and database differ from the default. */
  readonly stack?: Omit<LocalStackOptions, 'name' | 'dataFolder' | 'ownProcesses'>;
}
