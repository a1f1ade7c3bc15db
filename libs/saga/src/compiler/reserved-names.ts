/** Names that mean something themselves in expressions, so that nothing else can be called by them. */
export const RESERVED_NAMES: readonly string[] = [
  'saga',
  'input',
  'steps',
  'failure',
  'self',
  'output',
  'data',
  'event',
  'toggles',
  'now',
  'params',
  'facts',
  'linked',
  'item',
  'index',
];
