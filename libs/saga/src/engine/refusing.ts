import { emit, type Moment } from './moment.js';

/** What a person asks cannot be done: the saga stays as it is. */
export function refuse(moment: Moment, code: string, message: string): Moment {
  return emit(moment, { kind: 'refused', code, message });
}
