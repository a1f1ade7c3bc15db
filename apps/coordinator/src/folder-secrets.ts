import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Secrets } from '#libs/messaging';

/** Secrets as files of a folder, each named after its secret, as Kubernetes mounts them. */
export class FolderSecrets extends Secrets {
  /** Without a folder there are no secrets. */
  constructor(private readonly folder: string | undefined) {
    super();
  }

  override async find(name: string): Promise<string | undefined> {
    // A name is a word of a published document: it must not lead out of the folder.
    if (this.folder === undefined || !/^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(name)) return undefined;
    try {
      return (await readFile(join(this.folder, name), 'utf8')).trim() || undefined;
    } catch {
      return undefined;
    }
  }
}
