import type { Address } from './broker-properties.js';

/** The folders of one stack. */
export interface Folders {
  readonly data: string;
  readonly logs: string;
  readonly run: string;
}

/** A listener beside the plain one, on a free port of 127.0.0.1. */
export interface ExtraListener {
  readonly name: string;
  /** PLAINTEXT (the default), SASL_PLAINTEXT, SSL or SASL_SSL. */
  readonly protocol?: string;
  /** Called before the broker starts: answers what clients are told to connect to, for instance a proxy's address. */
  readonly advertise?: (listensOn: Address, broker: number) => Promise<Address> | Address;
}

/** A SCRAM user that exists from the first start of a fresh broker. */
export interface ScramUser {
  readonly mechanism: 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
  readonly name: string;
  readonly password: string;
}

/** How the brokers differ from the default. */
export interface KafkaSettings {
  readonly brokers: 1 | 3;
  readonly properties: Readonly<Record<string, string>>;
  readonly listeners: readonly ExtraListener[];
  readonly scramUsers: readonly ScramUser[];
  /** Compiled as well as it can be. */
  readonly isOptimised: boolean;
}
