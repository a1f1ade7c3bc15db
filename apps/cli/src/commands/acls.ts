import { Option } from 'commander';
import { compileDefinitions } from '#libs/saga';
import { neededPermissions, type RolePermissions } from '#libs/orchestration';
import { accessFormats, accessText, type AccessFormat, type AccessList } from '../access-lists.js';
import { CommandFailedError, UsageError } from '../cli-context.js';
import { compilerInput, readDefinitionFiles } from '../definition-files.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { countText, printProblems, validationOf } from './validate.js';

interface AclsOptions {
  readonly format: AccessFormat;
  readonly installation?: string;
  readonly principal: readonly string[];
  readonly role: readonly string[];
  readonly cluster: string;
  readonly createTopics?: boolean;
}

/** `skald acls`: who has to be allowed what on the broker. Needs neither coordinator nor broker. */
export const aclsCommand: CommandSetup = (program, context) => {
  program
    .command('acls')
    .description(
      'what coordinator, participants and tools have to be allowed on the broker, and nothing more; needs nothing but the files',
    )
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .addOption(
      new Option('-f, --format <format>', 'how it is written').choices(accessFormats).default('table'),
    )
    .option('--installation <name>', 'name of the installation (default: SKALD_INSTALLATION or skald)')
    .option('--principal <role=principal>', 'who plays a role; again for each', collected, [])
    .option('--role <role>', 'this role only; again for each', collected, [])
    .option('--cluster <name>', "Strimzi's name of the cluster", 'kafka')
    .option('--create-topics', 'the coordinator makes missing topics itself (SKALD_TOPICS_CREATE=true)')
    .action((path: string, options: AclsOptions, command) => {
      const installation = options.installation ?? context.env['SKALD_INSTALLATION'] ?? 'skald';
      const definitions = readDefinitionFiles(path);
      const { sources, others } = compilerInput(definitions);
      const { programs, contracts, problems } = compileDefinitions(sources, others);
      const validation = validationOf({ programs, problems });
      if (validation.errors > 0) {
        printProblems(context, definitions, validation);
        throw new CommandFailedError(countText(validation));
      }
      const createsTopics = options.createTopics === true;
      const roles = neededPermissions({ installation, programs, contracts, createsTopics });
      const lists = played(wanted(roles, options.role), options.principal, installation, roles);
      printResult(context, outputOf(command), lists, () =>
        accessText(lists, options.format, options.cluster),
      );
    });
};

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

function wanted(roles: readonly RolePermissions[], names: readonly string[]): readonly RolePermissions[] {
  for (const name of names) assertRole(roles, name);
  return names.length === 0 ? roles : roles.filter(({ role }) => names.includes(role));
}

function played(
  lists: readonly RolePermissions[],
  given: readonly string[],
  installation: string,
  roles: readonly RolePermissions[],
): readonly AccessList[] {
  const principals = new Map(given.map(assignment));
  for (const [role, principal] of principals) {
    assertRole(roles, role);
    if (!/^[A-Za-z]+:./.test(principal))
      throw new UsageError(`"${principal}" is not a principal of the broker: write User:${principal}`);
  }
  return lists.map((list) => ({
    ...list,
    principal: principals.get(list.role) ?? `User:${usualUser(list.role, installation)}`,
  }));
}

function assignment(text: string): readonly [role: string, principal: string] {
  const [role = '', ...principal] = text.split('=');
  if (principal.length === 0)
    throw new UsageError(
      `--principal takes <role>=<principal>, such as coordinator=User:skald, not "${text}"`,
    );
  return [role, principal.join('=')];
}

function assertRole(roles: readonly RolePermissions[], name: string): void {
  if (!roles.some(({ role }) => role === name))
    throw new UsageError(`there is no role "${name}"; there are ${roles.map(({ role }) => role).join(', ')}`);
}

/** Coordinator and tools are called after the installation, everybody else after what they are. */
function usualUser(role: string, installation: string): string {
  if (role === 'coordinator') return installation;
  const [kind = '', name] = role.split(' ');
  if (name === undefined) return `${installation}-${kind}`;
  return kind === 'source' ? name.replace(/\.events$/, '') : name;
}
