import { Option } from 'commander';
import type { CliContext } from '../cli-context.js';

/** In which roles somebody looks at a task or answers it. */
export function rolesOption(): Option {
  return new Option('--roles <roles>', 'your roles, with commas between them (default: SKALD_ROLES)');
}

/** The roles that were given, or those of the environment. */
export function rolesOf(
  { roles }: { readonly roles?: string },
  { env }: Pick<CliContext, 'env'>,
): readonly string[] {
  return (roles ?? env['SKALD_ROLES'] ?? '')
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '');
}
