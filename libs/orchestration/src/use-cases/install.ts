import type { Clock } from '#libs/messaging';
import type { Installation, InstallationStore } from '../installation-store.js';
import { LayoutError } from '../store-errors.js';
import type { TopicAdmin } from '../topic-admin.js';
import {
  examineHomeTopic,
  homeTopicSpec,
  installationOf,
  type InstallationChoice,
} from './installation-layout.js';

/** What an installation came to. */
export interface InstallResult {
  readonly installation: Installation;
  /** About how safely the topic keeps records. */
  readonly warnings: readonly string[];
}

/**
 * Makes the home topic and fixes the installation's names. Doing it again changes nothing.
 *
 * The topic comes first, so that a stored installation always has one. Where a topic was lost, installing again makes an
 * empty one; lanes notice by their anchors that it is not the one they have read, and halt until somebody decides.
 */
export class Install {
  constructor(
    private readonly store: InstallationStore,
    private readonly topics: TopicAdmin,
    private readonly clock: Clock,
  ) {}

  /** @throws LayoutError when another installation is there, or the topic exists and cannot serve. */
  async install(choice: InstallationChoice): Promise<InstallResult> {
    assertChoice(choice);
    const wanted = installationOf(choice, this.clock.now());
    const present = await this.store.find();
    if (present !== undefined) assertSame(present, wanted);
    const spec = homeTopicSpec(choice);
    await this.topics.create([spec]);
    const [topic] = await this.topics.describe([spec.name]);
    const { errors, warnings } = examineHomeTopic(wanted, topic);
    if (errors.length > 0) throw new LayoutError(errors.join('\n'));
    return { installation: await this.store.install(present ?? wanted), warnings };
  }
}

function assertChoice({ name, homePartitions }: InstallationChoice): void {
  if (!/^[a-z][a-z0-9-]{0,47}$/.test(name)) {
    throw new LayoutError(
      `"${name}" cannot name an installation: lower-case letters, digits and hyphens, at most 48, beginning with a letter`,
    );
  }
  if (!Number.isInteger(homePartitions) || homePartitions < 1 || homePartitions > 4_096) {
    throw new LayoutError(`an installation has 1 to 4096 home partitions, not ${homePartitions}`);
  }
}

function assertSame(present: Installation, wanted: Installation): void {
  if (present.name === wanted.name && present.homePartitions === wanted.homePartitions) return;
  throw new LayoutError(
    `this database belongs to installation "${present.name}" with ${present.homePartitions} home partitions; ` +
      `"${wanted.name}" with ${wanted.homePartitions} needs a database of its own`,
  );
}
