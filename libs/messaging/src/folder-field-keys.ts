import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SystemClock, type Clock, type Instant } from './clock.js';
import { FieldKeys, readFieldKeys, type FieldKey } from './field-keys.js';

/** How long what was read counts, in milliseconds. */
const freshMs = 5_000;

interface ReadKeys {
  readonly keys: readonly FieldKey[];
  readonly at: Instant;
}

/**
 * Keys as files of a folder, each named after its key, as Kubernetes mounts secrets.
 *
 * A file is read when it is asked for, and again after five seconds: what folds records cannot wait for a promise.
 */
export class FolderFieldKeys extends FieldKeys {
  private readonly known = new Map<string, ReadKeys>();

  /** Without a folder there are no keys. */
  constructor(
    private readonly folder: string | undefined,
    private readonly clock: Clock = new SystemClock(),
  ) {
    super();
  }

  override find(name: string): readonly FieldKey[] {
    const now = this.clock.now();
    const known = this.known.get(name);
    if (known !== undefined && Math.abs(now - known.at) < freshMs) return known.keys;
    const text = this.read(name);
    // What was just being replaced is no reason to forget what was there.
    const keys = text === undefined ? (known?.keys ?? []) : readFieldKeys(name, text);
    // What is missing is looked for each time, so that publishing again right after adding it will do.
    if (keys.length > 0) this.known.set(name, { keys, at: now });
    return keys;
  }

  private read(name: string): string | undefined {
    // A name is a word of a document or a message: it must not lead out of the folder.
    if (this.folder === undefined || !/^[a-z][a-z0-9-]*$/.test(name)) return undefined;
    try {
      return readFileSync(join(this.folder, name), 'utf8');
    } catch {
      return undefined;
    }
  }
}
