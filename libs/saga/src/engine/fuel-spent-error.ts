/** An input cost more than it may: the definition goes round in circles, or asks for too much at once. */
export class FuelSpentError extends Error {
  readonly code = 'FUEL_SPENT';

  constructor(what: 'visits' | 'effects', limit: number) {
    super(`one input took more than ${limit} ${what}; the saga is left as it was`);
    this.name = 'FuelSpentError';
  }
}
