import { textAt, type Cursor } from '../document/cursor.js';

/** What a namespace demands of all definitions beyond what the language does. */
export interface Demands {
  /** Every participant has a contract. */
  readonly contracts: boolean;
  /** Somebody answers for everything that is asked, heard or decided. */
  readonly owners: boolean;
  /** Every question to people says how soon it should be answered. */
  readonly due: boolean;
  /** Nobody on the way can read what is said to participants. */
  readonly closed: boolean;
}

/** Reads what a namespace demands: all of it in the profile `production`, unless it says otherwise. */
export function demandsOf(namespace: Cursor | undefined): Demands {
  const said = (key: string) => (namespace === undefined ? undefined : textAt(namespace, key));
  const isStrict = said('profile') === 'production';
  const demanded = (key: string) => (said(key) ?? (isStrict ? 'required' : 'optional')) === 'required';
  return { contracts: demanded('contracts'), owners: demanded('owners'), due: isStrict, closed: isStrict };
}
