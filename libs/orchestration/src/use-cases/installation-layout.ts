import { homeTopic, type Instant } from '#libs/messaging';
import type { Installation } from '../installation-store.js';
import type { TopicDescription, TopicSpec } from '../topic-admin.js';

/** What somebody who installs can choose. */
export interface InstallationChoice {
  readonly name: string;
  /** Fixed for ever: saga ids name their home by it. */
  readonly homePartitions: number;
  /** Copies of the home topic's partitions; absent: the broker's default. */
  readonly replication?: number;
}

/** How far back a home partition can be folded again after the database was restored. */
const homeRetentionMs = 14 * 24 * 3_600_000;

/** The installation that a choice leads to. */
export function installationOf(choice: InstallationChoice, now: Instant): Installation {
  const { name, homePartitions } = choice;
  return {
    name,
    homeTopic: homeTopic(name),
    homePartitions,
    group: name,
    gateGroup: `${name}.gates`,
    createdAt: now,
  };
}

/** The home topic as it has to be made. */
export function homeTopicSpec(choice: InstallationChoice): TopicSpec {
  const { replication } = choice;
  return {
    name: homeTopic(choice.name),
    partitions: choice.homePartitions,
    ...(replication === undefined ? {} : { replication }),
    config: {
      // The time of a fold is the time of its record, so one clock has to give it.
      'message.timestamp.type': 'LogAppendTime',
      // Compaction would remove records of a saga that is still under way.
      'cleanup.policy': 'delete',
      'retention.ms': String(homeRetentionMs),
      ...(replication !== undefined && replication >= 3 ? { 'min.insync.replicas': '2' } : {}),
    },
  };
}

/** What is wrong with a home topic. Errors make it unusable; warnings are about how safely it keeps records. */
export interface LayoutFindings {
  readonly errors: readonly string[];
  readonly warnings: readonly string[];
}

/** Compares the home topic as it is with what the installation needs. */
export function examineHomeTopic(
  installation: Installation,
  topic: TopicDescription | undefined,
): LayoutFindings {
  const name = installation.homeTopic;
  if (topic === undefined) {
    return { errors: [`topic ${name} does not exist; "skald install" makes it`], warnings: [] };
  }
  return { errors: homeErrors(installation, topic), warnings: homeWarnings(topic) };
}

function homeErrors({ homePartitions }: Installation, topic: TopicDescription): readonly string[] {
  const errors: string[] = [];
  if (topic.partitions < homePartitions) {
    errors.push(
      `topic ${topic.name} has ${topic.partitions} partitions but was installed with ${homePartitions}: it was made anew or by hand; sagas in the missing ones cannot be reached`,
    );
  }
  const stamp = topic.config['message.timestamp.type'];
  if (stamp !== 'LogAppendTime') {
    errors.push(
      `topic ${topic.name} has message.timestamp.type=${stamp ?? 'unknown'}; it has to be LogAppendTime (kafka-configs --alter, or delete an empty topic and run "skald install")`,
    );
  }
  const cleanup = topic.config['cleanup.policy'];
  if (cleanup !== 'delete') {
    errors.push(
      `topic ${topic.name} has cleanup.policy=${cleanup ?? 'unknown'}; it has to be delete, because compaction removes inputs of living sagas`,
    );
  }
  return errors;
}

function homeWarnings(topic: TopicDescription): readonly string[] {
  const warnings: string[] = [];
  const retention = Number(topic.config['retention.ms']);
  if (retention >= 0 && retention < homeRetentionMs) {
    warnings.push(
      `topic ${topic.name} keeps records for ${Math.round(retention / 3_600_000)} h; 14 days are advised, because a restored database is caught up from them`,
    );
  }
  if (topic.replication < 3) {
    warnings.push(
      `topic ${topic.name} has ${topic.replication} replica(s) of a partition; with fewer than 3 the loss of a broker can lose records`,
    );
  } else if (Number(topic.config['min.insync.replicas']) < 2) {
    warnings.push(
      `topic ${topic.name} has min.insync.replicas=1; with fewer than 2 an acknowledged record can be lost`,
    );
  }
  if (topic.config['unclean.leader.election.enable'] === 'true') {
    warnings.push(`topic ${topic.name} allows unclean leader election, which can lose acknowledged records`);
  }
  return warnings;
}
