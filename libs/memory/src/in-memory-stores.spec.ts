import {
  definitionStoreContract,
  housekeepingStoreContract,
  installationStoreContract,
  laneStoreContract,
  operatorStoreContract,
  transferStoreContract,
  type StoreSet,
} from '#libs/testing';
import { InMemoryDefinitionStore } from './in-memory-definition-store.js';
import { InMemoryHousekeepingStore } from './in-memory-housekeeping-store.js';
import { InMemoryInstallationStore } from './in-memory-installation-store.js';
import { InMemoryLaneStore } from './in-memory-lane-store.js';
import { InMemoryOperatorStore } from './in-memory-operator-store.js';
import { InMemoryTransferStore } from './in-memory-transfer-store.js';
import { InMemoryTables } from './in-memory-tables.js';

async function inMemory(): Promise<{ readonly subject: StoreSet }> {
  const tables = new InMemoryTables();
  const subject = {
    lanes: new InMemoryLaneStore(tables),
    operators: new InMemoryOperatorStore(tables),
    housekeeping: new InMemoryHousekeepingStore(tables),
    definitions: new InMemoryDefinitionStore(tables),
    installations: new InMemoryInstallationStore(tables),
    transfers: new InMemoryTransferStore(tables),
    now: Date.UTC(2026, 10, 21, 12),
  };
  return { subject };
}

laneStoreContract('InMemoryLaneStore', inMemory);
operatorStoreContract('InMemoryOperatorStore', inMemory);
housekeepingStoreContract('InMemoryHousekeepingStore', inMemory);
definitionStoreContract('InMemoryDefinitionStore', inMemory);
installationStoreContract('InMemoryInstallationStore', inMemory);
transferStoreContract('InMemoryTransferStore', inMemory);
