/**
 * One broker in the hands of a fault test. Methods throw `NOT_CONTROLLABLE` when the broker was given
 * by `KAFKA_BROKERS`.
 */
export interface BrokerHandle {
  /** Host and port of the plain listener. */
  readonly address: string;
  /** What clients are told to connect to, by listener name. */
  readonly listeners: Readonly<Record<string, string>>;
  /** Undefined while it is dead or when it is not a process of this machine. */
  readonly pid: number | undefined;
  /** Sends the signal, SIGKILL by default, and resolves when the broker is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same ports and data, and resolves when it answers. */
  start(): Promise<void>;
  /** Stops it in the middle of whatever it does, as SIGSTOP does. */
  freeze(): Promise<void>;
  /** Lets a frozen broker go on. */
  thaw(): Promise<void>;
}

/** A copy of the whole database server at one instant. */
export interface PostgresCopy {
  readonly folder: string;
}

/**
 * How a copy comes back. `snapshot`: as a restored disk does, on the same timeline. `point-in-time`: as
 * archive recovery and a promoted standby do, on a new timeline.
 */
export type RestoreKind = 'snapshot' | 'point-in-time';

/**
 * The database server in the hands of a fault test. Methods throw `NOT_CONTROLLABLE` when it was given
 * by `DATABASE_URL`; `takeCopy` and `restore` also when it runs in a container.
 */
export interface PostgresHandle {
  readonly databaseUrl: string;
  /** Undefined while it is dead or when it is not a process of this machine. */
  readonly pid: number | undefined;
  /** Sends the signal, SIGKILL by default (to all its processes), and resolves when they are gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port and data, and resolves when a query succeeds. */
  start(): Promise<void>;
  /** Stops the server and all its sessions in the middle of whatever they do. */
  freeze(): Promise<void>;
  /** Lets a frozen server go on. */
  thaw(): Promise<void>;
  /** Copies the running server's data without disturbing its clients. */
  takeCopy(): Promise<PostgresCopy>;
  /** Kills the server and starts it with the data of the copy: everything committed since is lost. */
  restore(copy: PostgresCopy, kind?: RestoreKind): Promise<void>;
}
