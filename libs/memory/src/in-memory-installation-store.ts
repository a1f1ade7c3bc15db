import { InstallationStore, LayoutError, type Installation } from '#libs/orchestration';
import { InMemoryTables } from './in-memory-tables.js';

/** The installation kept in memory. */
export class InMemoryInstallationStore extends InstallationStore {
  constructor(private readonly tables: InMemoryTables = new InMemoryTables()) {
    super();
  }

  override async find(): Promise<Installation | undefined> {
    return this.tables.installation;
  }

  override async install(installation: Installation): Promise<Installation> {
    const stored = (this.tables.installation ??= installation);
    const differs = (['name', 'homeTopic', 'homePartitions', 'group', 'gateGroup'] as const).find(
      (field) => stored[field] !== installation[field],
    );
    if (differs === undefined) return stored;
    throw new LayoutError(
      `installed with ${differs} ${stored[differs]}, not ${installation[differs]}: see 'skald install'`,
    );
  }
}
