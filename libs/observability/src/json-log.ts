import { Log, type Clock, type LogFields } from '#libs/messaging';

/** How much is said: a level and everything above it. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** What a log is made of. */
export interface JsonLogOptions {
  readonly clock: Clock;
  /** Least level that is written. Default `info`. */
  readonly level?: LogLevel;
  /** Stand in every line, for example the name of the service. */
  readonly fields?: LogFields;
  /** Takes whole lines. Default: standard output. */
  readonly write?: (line: string) => void;
}

/** Writes one JSON object a line: `time`, `level`, `message`, then the fields. */
export class JsonLog extends Log {
  private readonly least: number;
  private readonly write: (line: string) => void;

  constructor(private readonly options: JsonLogOptions) {
    super();
    this.least = levels.indexOf(options.level ?? 'info');
    this.write = options.write ?? ((line) => void process.stdout.write(line));
  }

  override get isDetailed(): boolean {
    return this.least === 0;
  }

  override debug(message: string, fields?: LogFields): void {
    this.line('debug', message, fields);
  }

  override info(message: string, fields?: LogFields): void {
    this.line('info', message, fields);
  }

  override warn(message: string, fields?: LogFields): void {
    this.line('warn', message, fields);
  }

  override error(message: string, fields?: LogFields): void {
    this.line('error', message, fields);
  }

  private line(level: LogLevel, message: string, fields: LogFields | undefined): void {
    if (levels.indexOf(level) < this.least) return;
    const time = new Date(this.options.clock.now()).toISOString();
    this.write(`${JSON.stringify({ time, level, message, ...this.options.fields, ...fields })}\n`);
  }
}

/** The level in `SKALD_LOG_LEVEL`; `info` when there is none. @throws RangeError naming the levels there are. */
export function logLevelOf(env: Readonly<Record<string, string | undefined>>): LogLevel {
  const text = env['SKALD_LOG_LEVEL'] ?? 'info';
  const level = levels.find((each) => each === text);
  if (level === undefined)
    throw new RangeError(`SKALD_LOG_LEVEL is "${text}"; it has to be one of ${levels.join(', ')}`);
  return level;
}
