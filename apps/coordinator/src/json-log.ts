import { Log, type Clock, type LogFields } from '#libs/messaging';
import type { LogLevel } from './configuration.js';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

/** Writes one JSON object a line: time, level, message, fields. */
export class JsonLog extends Log {
  private readonly least: number;

  constructor(
    private readonly clock: Clock,
    least: LogLevel,
    private readonly write: (line: string) => void = (line) => void process.stdout.write(line),
  ) {
    super();
    this.least = levels.indexOf(least);
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
    const time = new Date(this.clock.now()).toISOString();
    this.write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
  }
}
