import type { BrokenRule } from '../broken-rule.js';
import { emit, type Moment } from './moment.js';

/** What a person asks cannot be done: the saga stays as it is. */
export function refuse(moment: Moment, code: string, message: string, broken?: BrokenRule): Moment {
  return emit(moment, { kind: 'refused', code, message, ...(broken && { broken }) });
}
