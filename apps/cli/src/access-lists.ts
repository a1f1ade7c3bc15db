import type { Permission, RolePermissions } from '#libs/orchestration';
import { stringify } from 'yaml';
import { table } from './table.js';

/** The permissions of a role, with who plays it. */
export interface AccessList extends RolePermissions {
  /** As the broker names it: `User:skald`. */
  readonly principal: string;
}

/** How access lists can be written. */
export const accessFormats = ['table', 'kafka-acls', 'strimzi'] as const;

/** One of {@link accessFormats}. */
export type AccessFormat = (typeof accessFormats)[number];

/** Writes access lists in a format. */
export function accessText(lists: readonly AccessList[], format: AccessFormat, cluster: string): string {
  switch (format) {
    case 'table':
      return tableOf(lists);
    case 'kafka-acls':
      return lists.flatMap(commandsOf).join('\n');
    case 'strimzi':
      return lists
        .map((list) => stringify(userOf(list, cluster)))
        .join('---\n')
        .trimEnd();
  }
}

function tableOf(lists: readonly AccessList[]): string {
  const rows = lists.flatMap(({ role, principal, permissions }) =>
    permissions.map(({ operation, resource, name, purpose }) => [
      role,
      principal,
      operation,
      resource,
      name,
      purpose,
    ]),
  );
  return table(['ROLE', 'PRINCIPAL', 'OPERATION', 'ON', 'NAME', 'FOR'], rows);
}

/** A line of `kafka-acls.sh` for each topic or group. */
function commandsOf({ principal, permissions }: AccessList): readonly string[] {
  return byResource(permissions).map(({ resource, name, operations }) =>
    [
      'kafka-acls.sh --bootstrap-server "$BOOTSTRAP" --command-config "$ADMIN" --add',
      `--allow-principal '${principal.replaceAll("'", `'\\''`)}'`,
      ...operations.map((operation) => `--operation ${operation}`),
      `--${resource} ${name}`,
    ].join(' '),
  );
}

/** A user of Strimzi's; its operator makes the credentials and the principal `User:<name>` or `User:CN=<name>`. */
function userOf({ principal, permissions }: AccessList, cluster: string) {
  return {
    apiVersion: 'kafka.strimzi.io/v1',
    kind: 'KafkaUser',
    metadata: {
      name: principal.replace(/^User:(?:CN=)?/, ''),
      labels: { 'strimzi.io/cluster': cluster },
    },
    spec: {
      authentication: { type: principal.startsWith('User:CN=') ? 'tls' : 'scram-sha-512' },
      authorization: {
        type: 'simple',
        acls: byResource(permissions).map(({ resource, name, operations }) => ({
          resource: { type: resource, name, patternType: 'literal' },
          operations,
        })),
      },
    },
  };
}

interface ResourceOperations {
  readonly resource: Permission['resource'];
  readonly name: string;
  readonly operations: readonly Permission['operation'][];
}

function byResource(permissions: readonly Permission[]): readonly ResourceOperations[] {
  const found = new Map<string, ResourceOperations>();
  for (const { resource, name, operation } of permissions) {
    const key = `${resource} ${name}`;
    const operations = [...(found.get(key)?.operations ?? []), operation];
    found.set(key, { resource, name, operations });
  }
  return [...found.values()];
}
