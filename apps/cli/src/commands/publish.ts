import type { Positions } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { actor } from '../cli-context.js';
import { positionsPage } from '../positions-page.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { soundFiles } from './validate.js';

interface Published {
  readonly revision: number;
  readonly documents: readonly {
    readonly kind: string;
    readonly name: string;
    readonly version: number;
    readonly isNew: boolean;
  }[];
  readonly warnings: readonly string[];
  readonly topicsCreated: readonly string[];
  /** Live sagas of earlier versions, held against what is new. */
  readonly positions?: readonly Positions[];
}

/** `skald publish`. */
export const publishCommand: CommandSetup = (program, context) => {
  program
    .command('publish')
    .description('publish definitions with the schemas beside them; the same text again changes nothing')
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .action(async (path: string, _options: unknown, command) => {
      const client = apiClient(context.env);
      const files = soundFiles(context, path, 'nothing was published');
      const { body } = await client.post('/definitions', files, { 'x-skald-by': actor(context) });
      const published = body as unknown as Published;
      for (const warning of published.warnings) context.warn(warning);
      printResult(context, outputOf(command), published, () =>
        [publishedText(published), ...(published.positions ?? []).map(positionsPage)].join('\n\n'),
      );
    });
};

function publishedText({ documents, topicsCreated }: Published): string {
  const lines = documents.map(({ kind, name, version, isNew }) => {
    const which = version === 0 ? name : `${name} version ${version}`;
    return `${isNew ? 'published' : 'unchanged'} ${kind} ${which}`;
  });
  return [...lines, ...topicsCreated.map((topic) => `created topic ${topic}`)].join('\n');
}
