import { parseDocuments } from '#libs/saga';
import type { Publication } from './definition-store.js';

/** The participants that have a contract, and who owns them by its present text. */
export function participantOwners({ documents }: Publication): ReadonlyMap<string, string | undefined> {
  return new Map(
    documents
      .filter(({ kind }) => kind === 'participant')
      .map(({ name, file, text }) => {
        const owner = parseDocuments(text, file).documents[0]?.data['owner'];
        return [name, typeof owner === 'string' ? owner : undefined];
      }),
  );
}
