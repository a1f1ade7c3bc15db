/** Where a broker or database comes from: given by the caller's environment, a container, or a process of this machine. */
export type Source = 'given' | 'container' | 'process';

/** What decides where one server comes from. */
export interface Situation {
  /** The address in the environment, if any. */
  readonly givenAddress: string | undefined;
  /** True when the caller needs a process of its own, to kill or to configure. */
  readonly needsProcess: boolean;
  /** True when a container engine answers and has the images. */
  readonly containersReady: boolean;
}

/** Chooses the source of one server: what is given, else a container, else a process. */
export function chooseSource(situation: Situation): Source {
  if (situation.needsProcess) return 'process';
  if (isSet(situation.givenAddress)) return 'given';
  return situation.containersReady ? 'container' : 'process';
}

/** Splits a comma-separated list of brokers. */
export function brokerList(text: string): readonly string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function isSet(address: string | undefined): address is string {
  return address !== undefined && address.trim() !== '';
}
