/** What the payment participant does wrong on purpose, so that a comparison of the ledgers can be seen to fail. */
export class Sabotage {
  private victim: string | undefined;

  constructor(private readonly isOn: boolean) {}

  /** True for one refund, which is then answered as done without being done. */
  swallows(operation: string): boolean {
    if (!this.isOn) return false;
    // Named, not counted: a handler is called again when its transaction was rolled back.
    this.victim ??= operation;
    return this.victim === operation;
  }
}

/** Reads `--sabotage=refund` or `SHOP_SABOTAGE=refund`. @throws TypeError on anything else. */
export function sabotageFrom(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Sabotage {
  const given =
    args.find((arg) => arg.startsWith('--sabotage='))?.slice('--sabotage='.length) ??
    env['SHOP_SABOTAGE'] ??
    '';
  if (given !== '' && given !== 'refund')
    throw new TypeError(`--sabotage is "${given}"; the only kind is refund`);
  return new Sabotage(given === 'refund');
}
