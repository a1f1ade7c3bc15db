import { commandTopic } from '#libs/messaging';
import type { Contracts, Program } from '#libs/saga';
import { installationOf } from './use-cases/installation-layout.js';
import { topicsOf } from './use-cases/program-topics.js';

/** One thing that somebody has to be allowed on the broker. The operations are those of Kafka's access lists. */
export interface Permission {
  readonly operation: 'Read' | 'Write' | 'Create' | 'Describe' | 'DescribeConfigs';
  readonly resource: 'topic' | 'group';
  readonly name: string;
  /** For people: what it is needed for. */
  readonly purpose: string;
}

/** What one role has to be allowed, and nothing more. */
export interface RolePermissions {
  /** `coordinator`, `participant inventory`, `http-bridge`, `source shop.events`, `install`, `scaler`. */
  readonly role: string;
  readonly permissions: readonly Permission[];
}

/** What the permissions are for. */
export interface PermissionsOptions {
  readonly installation: string;
  readonly programs: readonly Program[];
  readonly contracts: Contracts;
  /** The coordinator makes topics that are missing when definitions are published. */
  readonly createsTopics: boolean;
}

/**
 * Who has to be allowed what on the broker so that these definitions run: exactly that, without what other operations
 * include (who may read or write a topic may see it, who may read a group may see it).
 */
export function neededPermissions(options: PermissionsOptions): readonly RolePermissions[] {
  const { outside } = topicsOf(options.programs);
  const calledOverHttp = [...options.contracts.participants.values()]
    .filter(({ http }) => http !== undefined)
    .map(({ name }) => name);
  const called = [...new Set(options.programs.flatMap(({ calls }) => calls))];
  const participants = [...new Set(called.map((call) => call.slice(0, call.indexOf('.'))))].sort();
  const overHttp = participants.filter((name) => calledOverHttp.includes(name));
  return [
    { role: 'install', permissions: installing(options.installation) },
    { role: 'coordinator', permissions: coordinating(options) },
    ...participants
      .filter((name) => !overHttp.includes(name))
      .map((name) => ({ role: `participant ${name}`, permissions: takingPart(options, [name]) })),
    ...(overHttp.length === 0 ? [] : [{ role: 'http-bridge', permissions: takingPart(options, overHttp) }]),
    ...outside.map((topic) => ({
      role: `source ${topic}`,
      permissions: [permission('Write', 'topic', topic, 'events that sagas start with or wait for')],
    })),
    { role: 'scaler', permissions: scaling(options.installation) },
  ];
}

function permission(
  operation: Permission['operation'],
  resource: Permission['resource'],
  name: string,
  purpose: string,
): Permission {
  return { operation, resource, name, purpose };
}

function installing(installation: string): readonly Permission[] {
  const { homeTopic } = names(installation);
  return [
    permission('Create', 'topic', homeTopic, 'makes the home topic'),
    permission('Describe', 'topic', homeTopic, 'sees whether it is there'),
    permission('DescribeConfigs', 'topic', homeTopic, 'checks its settings'),
  ];
}

function coordinating({ installation, programs, createsTopics }: PermissionsOptions): readonly Permission[] {
  const { homeTopic, group, gateGroup } = names(installation);
  const { read, commands, told } = topicsOf(programs);
  const made = createsTopics ? [...new Set([...read, ...commands, ...told])].sort() : [];
  return [
    permission('Read', 'topic', homeTopic, 'folds what happens to sagas'),
    permission('Write', 'topic', homeTopic, 'starts, actions, timers'),
    permission('DescribeConfigs', 'topic', homeTopic, 'checks its settings at start'),
    permission('Read', 'group', group, 'shares home partitions among replicas'),
    permission('Read', 'group', gateGroup, 'shares event topics among replicas'),
    ...read.map((topic) => permission('Read', 'topic', topic, 'events that sagas start with or wait for')),
    ...commands.map((topic) => permission('Write', 'topic', topic, 'commands')),
    ...told.map((topic) => permission('Write', 'topic', topic, 'events that sagas tell, and webhooks')),
    ...made.map((topic) =>
      permission('Create', 'topic', topic, 'makes what is missing when definitions are published'),
    ),
  ];
}

function takingPart(
  { installation }: PermissionsOptions,
  participants: readonly string[],
): readonly Permission[] {
  return [
    ...participants.flatMap((name) => [
      permission('Read', 'topic', commandTopic(name), 'its commands'),
      permission('Read', 'group', name, 'shares them among its processes'),
    ]),
    permission('Write', 'topic', names(installation).homeTopic, 'replies'),
  ];
}

function scaling(installation: string): readonly Permission[] {
  const { homeTopic, group } = names(installation);
  return [
    permission('Describe', 'topic', homeTopic, 'how far it reaches'),
    permission('Describe', 'group', group, 'how far it is read'),
  ];
}

function names(name: string) {
  return installationOf({ name, homePartitions: 1 }, 0);
}
