import {
  definitionStoreContract,
  housekeepingStoreContract,
  installationStoreContract,
  laneStoreContract,
  operatorStoreContract,
  transferStoreContract,
  type StoreSet,
} from '#libs/testing';
import { storesOver } from './in-memory-stores.fixture.js';
import { InMemoryTables } from './in-memory-tables.js';

async function inMemory(): Promise<{ readonly subject: StoreSet }> {
  return { subject: storesOver(new InMemoryTables()) };
}

laneStoreContract('InMemoryLaneStore', inMemory);
operatorStoreContract('InMemoryOperatorStore', inMemory);
housekeepingStoreContract('InMemoryHousekeepingStore', inMemory);
definitionStoreContract('InMemoryDefinitionStore', inMemory);
installationStoreContract('InMemoryInstallationStore', inMemory);
transferStoreContract('InMemoryTransferStore', inMemory);
