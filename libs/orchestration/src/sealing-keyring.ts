import type { Keyring } from '#libs/messaging';
import type { LoadedDefinitions } from './loaded-definitions.js';

/** The same secrets; what coordinators say to each other is sealed with them as long as a definition encrypts anything. */
export function sealingKeyring(
  { keys }: Keyring,
  definitions: Pick<LoadedDefinitions, 'isEncrypting'>,
): Keyring {
  return { keys, isSealing: () => definitions.isEncrypting };
}
