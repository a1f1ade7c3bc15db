import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The version of the package this program belongs to. */
export function packageVersion(from: string = import.meta.dirname): string {
  const file = join(from, 'package.json');
  if (existsSync(file))
    return (JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string }).version;
  const above = dirname(from);
  return above === from ? 'unknown' : packageVersion(above);
}
