import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WRITTEN_BY } from './docs-page.js';
import { lineDifferences } from './line-difference.js';

/** A page that is not as it should be: what there is, and what should be there. Absent: no page. */
export interface StalePage {
  readonly file: string;
  readonly is?: string;
  readonly shouldBe?: string;
}

/** Pages of a folder that differ from what they should be, are missing, or are about sagas that are gone. */
export function stalePages(folder: string, pages: ReadonlyMap<string, string>): readonly StalePage[] {
  const wrong = [...pages].flatMap(([file, shouldBe]) => {
    const is = textOf(join(folder, file));
    return is === shouldBe ? [] : [{ file, shouldBe, ...(is !== undefined && { is }) }];
  });
  const gone = (existsSync(folder) ? readdirSync(folder) : []).flatMap((file) => {
    if (!file.endsWith('.md') || pages.has(file)) return [];
    const is = textOf(join(folder, file)) ?? '';
    return is.includes(WRITTEN_BY) ? [{ file, is }] : [];
  });
  return [...wrong, ...gone];
}

/** Writes what should be there, and removes what should not. */
export function renewPages(folder: string, stale: readonly StalePage[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { file, shouldBe } of stale) {
    if (shouldBe === undefined) rmSync(join(folder, file));
    else writeFileSync(join(folder, file), shouldBe);
  }
}

/** What is wrong with a page: the lines that are there (-), and those that should be (+). */
export function staleText(folder: string, { file, is, shouldBe }: StalePage): string {
  const path = join(folder, file);
  if (is === undefined) return `${path}: is missing`;
  if (shouldBe === undefined) return `${path}: is about a saga that is gone`;
  return lineDifferences(is.split('\n'), shouldBe.split('\n'))
    .flatMap(({ line, without, instead }) => [
      `${path}:${line}:`,
      ...without.map((text) => `  - ${text}`),
      ...instead.map((text) => `  + ${text}`),
    ])
    .join('\n');
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
