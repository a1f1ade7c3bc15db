import { isSagaId } from '#libs/messaging';
import type { ApiClient } from '../api-client.js';
import { CommandFailedError } from '../cli-context.js';
import type { ShownSummary } from '../shown-saga.js';
import { summaryTable } from './list.js';

/**
 * The id of the saga somebody means: an id as it is, anything else as a business key.
 *
 * @throws CommandFailedError when no saga has the key, or several have it.
 */
export async function findSagaId(client: ApiClient, idOrKey: string, definition?: string): Promise<string> {
  if (isSagaId(idOrKey.toLowerCase())) return idOrKey.toLowerCase();
  const { body } = await client.get('/sagas', { key: idOrKey, definition });
  const { sagas } = body as unknown as { readonly sagas: readonly ShownSummary[] };
  const [only, ...others] = sagas;
  if (only === undefined)
    throw new CommandFailedError(`there is no saga with the id or business key "${idOrKey}"`);
  if (others.length === 0) return only.id;
  throw new CommandFailedError(
    `${sagas.length} sagas have the business key "${idOrKey}"; name one by its id:\n${summaryTable(sagas)}`,
  );
}
