import { expect } from '@jest/globals';
import type { Instant } from '#libs/messaging';
import type { Installation } from '#libs/orchestration';
import { defineContract } from './contract.js';
import type { StoreSet } from './store-set.js';

/** What every InstallationStore promises. */
export const installationStoreContract = defineContract<StoreSet>('InstallationStore', [
  {
    name: 'finds nothing before it is installed',
    run: async ({ installations }) => {
      expect(await installations.find()).toBeUndefined();
    },
  },
  {
    name: 'finds what was installed',
    run: async ({ installations, now }) => {
      await installations.install(shop(now));

      expect(await installations.find()).toEqual(shop(now));
    },
  },
  {
    name: 'keeps the first when the same is installed again',
    run: async ({ installations, now }) => {
      await installations.install(shop(now));

      expect(await installations.install(shop(now + 1))).toEqual(shop(now));
    },
  },
  {
    name: 'refuses another number of home partitions',
    run: async ({ installations, now }) => {
      await installations.install(shop(now));

      await expect(installations.install({ ...shop(now), homePartitions: 24 })).rejects.toMatchObject({
        code: 'LAYOUT',
      });
      expect(await installations.find()).toEqual(shop(now));
    },
  },
  {
    name: 'refuses another name, topic or group',
    run: async ({ installations, now }) => {
      await installations.install(shop(now));

      for (const field of ['name', 'homeTopic', 'group', 'gateGroup']) {
        await expect(installations.install({ ...shop(now), [field]: 'other' })).rejects.toMatchObject({
          code: 'LAYOUT',
        });
      }
    },
  },
]);

function shop(createdAt: Instant): Installation {
  return {
    name: 'shop',
    homeTopic: 'shop.home',
    homePartitions: 12,
    group: 'shop',
    gateGroup: 'shop.gates',
    createdAt,
  };
}
