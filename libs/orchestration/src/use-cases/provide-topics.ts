import type { Program } from '#libs/saga';
import type { TopicAdmin } from '../topic-admin.js';
import { everyTopic, topicsOf } from './program-topics.js';
import { RequestError } from './request-error.js';

/** What to do about topics a definition needs and the broker does not have. */
export interface TopicPolicy {
  /** False: publishing is refused, naming them. */
  readonly create: boolean;
  readonly partitions: number;
  /** Absent: the broker's default. */
  readonly replication?: number;
}

/** Makes the topics of programs that are missing, and names them. @throws RequestError when they may not be made here. */
export async function provideTopics(
  topics: TopicAdmin,
  policy: TopicPolicy,
  programs: readonly Program[],
): Promise<readonly string[]> {
  const missing = await topics.missing(everyTopic(topicsOf(programs)));
  if (missing.length === 0) return [];
  if (!policy.create) {
    throw new RequestError(
      'MISSING_TOPICS',
      'topics are missing and may not be made here: make them, or set SKALD_TOPICS_CREATE=true',
      missing,
    );
  }
  const { partitions, replication } = policy;
  await topics.create(
    missing.map((name) => ({
      name,
      partitions,
      config: {},
      ...(replication === undefined ? {} : { replication }),
    })),
  );
  return missing;
}
