import type { StoreSet } from '#libs/testing';
import { InMemoryDefinitionStore } from './in-memory-definition-store.js';
import { InMemoryHousekeepingStore } from './in-memory-housekeeping-store.js';
import { InMemoryInstallationStore } from './in-memory-installation-store.js';
import { InMemoryLaneStore } from './in-memory-lane-store.js';
import { InMemoryOperatorStore } from './in-memory-operator-store.js';
import { InMemoryTransferStore } from './in-memory-transfer-store.js';
import type { InMemoryTables } from './in-memory-tables.js';

/** Every store over the same tables; what is given replaces what it would have by default. */
export function storesOver(tables: InMemoryTables, given: Partial<StoreSet> = {}): StoreSet {
  return {
    lanes: new InMemoryLaneStore(tables),
    operators: new InMemoryOperatorStore(tables),
    housekeeping: new InMemoryHousekeepingStore(tables),
    definitions: new InMemoryDefinitionStore(tables),
    installations: new InMemoryInstallationStore(tables),
    transfers: new InMemoryTransferStore(tables),
    now: Date.UTC(2026, 10, 21, 12),
    ...given,
  };
}
