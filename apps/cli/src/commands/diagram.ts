import { mermaidOf, type Progress, type SagaSurvey } from '#libs/saga';
import { apiClient } from '../api-client.js';
import { UsageError } from '../cli-context.js';
import type { ShownSaga } from '../shown-saga.js';
import type { CommandSetup } from './command-setup.js';
import { surveysIn } from './survey.js';

interface DiagramOptions {
  readonly run?: string;
}

/** `skald diagram`: the flow of a saga as Mermaid, which browsers, GitHub and wikis draw. */
export const diagramCommand: CommandSetup = (program, context) => {
  program
    .command('diagram')
    .description('draw a definition as a Mermaid flowchart; with --run, coloured by how far a saga has come')
    .argument('[saga]', 'name of a saga')
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .option('--run <id>', 'a saga that was started; its definition is asked of the coordinator')
    .action(async (saga: string | undefined, path: string, { run }: DiagramOptions) => {
      if (run !== undefined) return context.print(await drawnRun(context.env, run));
      if (saga === undefined) throw new UsageError('name a saga, or a run with --run <id>');
      context.print(mermaidOf(surveysIn(path, saga)[0]!.graph).trimEnd());
    });
};

async function drawnRun(env: Readonly<Record<string, string | undefined>>, id: string): Promise<string> {
  const client = apiClient(env);
  const shown = (await client.get(`/sagas/${id}`)).body as unknown as ShownSaga;
  const { definition, version } = shown;
  const { body } = await client.get(`/definitions/${definition}/survey`, { version: String(version) });
  return mermaidOf((body as unknown as SagaSurvey).graph, progressOf(shown)).trimEnd();
}

/** How far each block of a run has come. */
function progressOf({ steps, waitsFor, incidents }: ShownSaga): ReadonlyMap<string, Progress> {
  return new Map([
    ...Object.entries(steps).map(([block, { outcome }]) => [block, OUTCOMES[outcome] ?? 'done'] as const),
    ...waitsFor.flatMap(({ block }) => (block === undefined ? [] : [[block, 'open'] as const])),
    ...incidents.flatMap(({ block, closedAt }) =>
      block === undefined || closedAt !== undefined ? [] : [[block, 'failed'] as const],
    ),
  ]);
}

const OUTCOMES: Readonly<Record<string, Progress>> = {
  rejected: 'failed',
  failed: 'failed',
  unknown: 'failed',
  undone: 'undone',
  skipped: 'undone',
};
