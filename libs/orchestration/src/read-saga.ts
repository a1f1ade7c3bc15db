import type { Program } from '#libs/saga';
import type { StoredInstance } from './lane-store.js';
import { storedState, type StoredState } from './live-saga.js';
import type { LoadedDefinitions } from './loaded-definitions.js';

/** A stored saga to be looked at: its row, with the state decoded and its program at hand. */
export interface ReadSaga {
  readonly row: StoredInstance;
  readonly state: StoredState;
  /** Absent when its version is not loaded. */
  readonly program: Program | undefined;
}

/** Reads a row once for all who look at it. */
export function readSaga(row: StoredInstance, definitions: Pick<LoadedDefinitions, 'programOf'>): ReadSaga {
  const state = storedState(row);
  return { row, state, program: definitions.programOf(row, state) };
}
