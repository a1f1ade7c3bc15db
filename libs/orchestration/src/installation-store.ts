import type { Instant } from '#libs/messaging';

/** What is fixed when Skald is installed. */
export interface Installation {
  readonly name: string;
  readonly homeTopic: string;
  /** Never changes: saga ids name their home modulo this number. */
  readonly homePartitions: number;
  /** Consumer group of the lanes. */
  readonly group: string;
  /** Consumer group of the gates. */
  readonly gateGroup: string;
  readonly createdAt: Instant;
}

/** Where the installation is stored. */
export abstract class InstallationStore {
  /** `undefined` before `skald install`. @throws LayoutError when the schema is missing or of another version. */
  abstract find(): Promise<Installation | undefined>;

  /** Stores it. Installing the same again changes nothing. @throws LayoutError when another one is installed. */
  abstract install(installation: Installation): Promise<Installation>;
}
