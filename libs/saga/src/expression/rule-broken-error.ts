import { brokenRuleText, type BrokenRule } from '../broken-rule.js';
import { ExpressionError } from './expression-error.js';

/** What was to be sent breaks a rule about its command. The engine raises the error `invalid` when it meets one. */
export class RuleBrokenError extends ExpressionError {
  constructor(readonly broken: BrokenRule) {
    super(brokenRuleText(broken));
    this.name = 'RuleBrokenError';
  }
}
