/** Settings as a process receives them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The process cannot run with its settings. The message lists everything that is wrong with them, one a line. */
export class ConfigurationError extends Error {
  constructor(problems: readonly string[]) {
    super(['the configuration is not valid:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
    this.name = 'ConfigurationError';
  }
}

/** Reads settings and collects what is wrong with them, so that one start names every mistake. */
export class EnvironmentReader {
  private readonly problems: string[] = [];

  constructor(private readonly environment: Environment) {}

  /** A text that may be missing; empty counts as missing. */
  optional(name: string): string | undefined {
    const text = this.environment[name]?.trim();
    return text === '' ? undefined : text;
  }

  /** A text that has to be there; `what` says what it is for. */
  required(name: string, what: string): string {
    const text = this.optional(name);
    if (text === undefined) this.problem(`${name} is missing: ${what}`);
    return text ?? '';
  }

  /** A whole number from `least` to `most`. */
  integer(name: string, fallback: number, least: number, most: number): number {
    const text = this.optional(name);
    if (text === undefined) return fallback;
    const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    this.problem(`${name} is "${text}"; it has to be a whole number from ${least} to ${most}`);
    return fallback;
  }

  /** `true` or `false`. */
  flag(name: string, fallback: boolean): boolean {
    return this.choice<string>(name, String(fallback), ['true', 'false']) === 'true';
  }

  /** One of `allowed`. */
  choice<T extends string>(name: string, fallback: NoInfer<T>, allowed: readonly T[]): T {
    const text = this.optional(name);
    const found = allowed.find((one) => one === text);
    if (text !== undefined && found === undefined)
      this.problem(`${name} is "${text}"; allowed are ${allowed.join(', ')}`);
    return found ?? fallback;
  }

  /** Notes something that is wrong. */
  problem(text: string): void {
    this.problems.push(text);
  }

  /** @throws ConfigurationError when anything was wrong. */
  assertValid(): void {
    if (this.problems.length > 0) throw new ConfigurationError(this.problems);
  }
}
