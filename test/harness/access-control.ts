import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
  type AclEntry,
  type Admin,
} from 'kafkajs';
import { eventually } from './deadline.js';

const login = 'org.apache.kafka.common.security.plain.PlainLoginModule';

/** The password of every user of {@link accessControlled}. */
export const usersPassword = 'not-a-secret-of-anybody';

/** Broker settings: whoever logs in at the listener LOGIN may do nothing but what a list says; the plain listener is the administrator's. */
export function accessControlled(users: readonly string[]) {
  const known = users.map((user) => `user_${user}="${usersPassword}"`).join(' ');
  return {
    brokerListeners: [{ name: 'LOGIN', protocol: 'SASL_PLAINTEXT' }],
    brokerProperties: {
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
      'listener.name.login.sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.login.plain.sasl.jaas.config': `${login} required ${known};`,
    },
  } as const;
}

/** One line of an access list. */
export interface AccessRule {
  readonly principal: string;
  readonly operation: string;
  readonly resource: 'topic' | 'group';
  readonly name: string;
}

/** Reads the rules out of commands of `kafka-acls.sh`, as people would run them. */
export function rulesIn(commands: string): readonly AccessRule[] {
  return commands.split('\n').flatMap((line) => {
    const principal = /--allow-principal '([^']+)'/.exec(line)?.[1];
    const [, resource, name] = /--(topic|group) (\S+)/.exec(line) ?? [];
    if (principal === undefined || name === undefined) throw new Error(`not a command: ${line}`);
    const operations = [...line.matchAll(/--operation (\w+)/g)].map(([, operation]) => operation!);
    return operations.map((operation) => ({
      principal,
      operation,
      resource: resource as AccessRule['resource'],
      name,
    }));
  });
}

const operations: Readonly<Record<string, AclOperationTypes>> = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
};

/** Gives and takes permissions of a broker's own authoriser. */
export class AccessControl {
  private constructor(private readonly admin: Admin) {}

  /** Connects as the administrator. */
  static async open(brokers: readonly string[]): Promise<AccessControl> {
    const kafka = new Kafka({ clientId: 'spec', brokers: [...brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    return new AccessControl(admin);
  }

  close(): Promise<void> {
    return this.admin.disconnect();
  }

  /** Resolves when the broker goes by it. */
  async allow(rules: readonly AccessRule[]): Promise<void> {
    await this.admin.createAcls({ acl: rules.map(entryOf) });
    await eventually('the broker to know what is allowed', async () => {
      const counts = await Promise.all(rules.map((rule) => this.count(rule)));
      return counts.every((count) => count > 0);
    });
  }

  /** Resolves when the broker goes by it. */
  async forbid(rule: AccessRule): Promise<void> {
    await this.admin.deleteAcls({ filters: [entryOf(rule)] });
    await eventually('the broker to know what is forbidden', async () => (await this.count(rule)) === 0);
  }

  private async count(rule: AccessRule): Promise<number> {
    return (await this.admin.describeAcls(entryOf(rule))).resources.length;
  }
}

function entryOf({ principal, operation, resource, name }: AccessRule): AclEntry {
  return {
    principal,
    host: '*',
    operation: operations[operation]!,
    permissionType: AclPermissionTypes.ALLOW,
    resourceType: resource === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.LITERAL,
  };
}
