import type { DataSource } from 'typeorm';
import { InstallationStore, LayoutError, type Installation } from '#libs/orchestration';
import { InstallationEntity } from './entities/installation-entity.js';
import { translateError } from './translate-error.js';

const fixed = ['name', 'homeTopic', 'homePartitions', 'group', 'gateGroup'] as const;

/** The installation in Postgres. */
export class PostgresInstallationStore extends InstallationStore {
  constructor(private readonly source: DataSource) {
    super();
  }

  override async find(): Promise<Installation | undefined> {
    try {
      const row = await this.source.getRepository(InstallationEntity).findOneBy({ slot: 1 });
      return row === null ? undefined : installationOf(row);
    } catch (error) {
      throw translateError(error, 'look for the installation');
    }
  }

  override async install(installation: Installation): Promise<Installation> {
    const { group: laneGroup, ...rest } = installation;
    try {
      await this.source
        .createQueryBuilder()
        .insert()
        .into(InstallationEntity)
        .values({ slot: 1, laneGroup, ...rest })
        .orIgnore()
        .execute();
    } catch (error) {
      throw translateError(error, 'installation');
    }
    const stored = (await this.find()) ?? installation;
    const differs = fixed.find((field) => stored[field] !== installation[field]);
    if (differs === undefined) return stored;
    const message = `installed with ${differs} ${stored[differs]}, not ${installation[differs]}: run 'skald install' with what is installed`;
    throw new LayoutError(message);
  }
}

function installationOf({
  laneGroup,
  name,
  homeTopic,
  homePartitions,
  gateGroup,
  createdAt,
}: InstallationEntity): Installation {
  return { name, homeTopic, homePartitions, group: laneGroup, gateGroup, createdAt };
}
