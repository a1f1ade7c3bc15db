import { parseDocuments } from '#libs/saga';
import type { Publication } from './definition-store.js';

/** Who owns which participant, by what the present texts of their contracts say. */
export function participantOwners({ documents }: Publication): ReadonlyMap<string, string> {
  return new Map(
    documents
      .filter(({ kind }) => kind === 'participant')
      .flatMap(({ name, file, text }) => {
        const owner = parseDocuments(text, file).documents[0]?.data['owner'];
        return typeof owner === 'string' ? [[name, owner] as const] : [];
      }),
  );
}
