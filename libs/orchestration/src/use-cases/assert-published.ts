import type { LoadedDefinitions } from '../loaded-definitions.js';
import { unknownDefinition } from './request-error.js';

/** What {@link assertPublished} looks at. */
export type PublishedDefinitions = Pick<LoadedDefinitions, 'all' | 'current' | 'refresh'>;

/**
 * A typo must not look like a definition of which there is nothing; one may have been published a moment ago.
 *
 * @throws RequestError when there is no such definition; it says which one could be meant.
 */
export async function assertPublished(definition: string, definitions: PublishedDefinitions): Promise<void> {
  if (definitions.current(definition) !== undefined) return;
  await definitions.refresh();
  if (definitions.current(definition) === undefined) throw unknownDefinition(definition, definitions.all());
}
