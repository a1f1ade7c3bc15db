import { isDeskId } from '#libs/messaging';
import type { ApiClient } from '../api-client.js';
import { CommandFailedError } from '../cli-context.js';
import type { ShownTaskSummary } from '../shown-task.js';

/**
 * The id of the task somebody means: an id as it is, anything else as the business key of a saga with one open task.
 *
 * @throws CommandFailedError when there is none, or several.
 */
export async function findTaskId(client: ApiClient, idOrKey: string): Promise<string> {
  if (isDeskId(idOrKey.toLowerCase())) return idOrKey.toLowerCase();
  const { body } = await client.get('/tasks', { key: idOrKey });
  const { tasks } = body as unknown as { readonly tasks: readonly ShownTaskSummary[] };
  const [only, ...others] = tasks;
  if (only === undefined)
    throw new CommandFailedError(
      `there is no open task with the id or business key "${idOrKey}"; skald tasks lists those there are`,
    );
  if (others.length === 0) return only.id;
  const lines = tasks.map(({ id, title, block }) => `  ${id}  ${title} (${block})`);
  throw new CommandFailedError(
    `${tasks.length} open tasks have the business key "${idOrKey}"; name one by its id:\n${lines.join('\n')}`,
  );
}
