import type { Installation, InstallationStore } from '../installation-store.js';
import { LayoutError } from '../store-errors.js';
import type { TopicAdmin } from '../topic-admin.js';
import { examineHomeTopic } from './installation-layout.js';

/** An installation that was found fit to run, with what deserves a warning. */
export interface CheckedLayout {
  readonly installation: Installation;
  readonly warnings: readonly string[];
}

/** Looks before a coordinator starts whether database and topics are those of its installation. */
export class CheckLayout {
  constructor(
    private readonly store: InstallationStore,
    private readonly topics: TopicAdmin,
  ) {}

  /** @throws LayoutError naming the command that fixes it. */
  async check(name: string): Promise<CheckedLayout> {
    const installation = await this.store.find();
    if (installation === undefined) {
      throw new LayoutError(`nothing is installed in this database; run "skald install --name ${name}"`);
    }
    if (installation.name !== name) {
      throw new LayoutError(
        `this database belongs to installation "${installation.name}", not to "${name}"; set SKALD_INSTALLATION=${installation.name} or use another DATABASE_URL`,
      );
    }
    const [topic] = await this.topics.describe([installation.homeTopic]);
    const { errors, warnings } = examineHomeTopic(installation, topic);
    if (errors.length > 0) throw new LayoutError(errors.join('\n'));
    return { installation, warnings };
  }
}
