import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import { repositoryFolder } from '../../../../deploy/local/src/index.js';
import { SystemClock, type CancelTimer } from '#libs/messaging';
import type { Progress } from './fleet.js';
import { startProcessFleet } from './process-fleet.js';

const settleMs = 300;

/**
 * Runs the shop for development until `signal`: sources are compiled as they change, services started anew when what
 * was compiled has settled. Broker and database stay up.
 */
export async function watchDemo(say: Progress, signal: AbortSignal): Promise<number> {
  const root = repositoryFolder();
  const fleet = await startProcessFleet(
    { orders: 0, perSecond: 0, keep: false, inMemory: false, watch: true },
    say,
  );
  const compiler = spawn(
    process.execPath,
    [path.join(root, 'node_modules/typescript/bin/tsc'), '-w', '--preserveWatchOutput'],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  const clock = new SystemClock();
  let cancel: CancelTimer | undefined;
  let restarting: Promise<void> = Promise.resolve();
  const again = (): void => {
    restarting = restarting
      .then(() => fleet.restart())
      .then(
        () => say('services were started anew'),
        (error: unknown) => say(`services did not start: ${String(error)}`),
      );
  };
  const watchers = ['libs', 'apps'].map((folder) =>
    watch(path.join(root, 'dist', folder), { recursive: true }, (_event, file) => {
      if (file?.endsWith('.js') !== true) return;
      cancel?.();
      cancel = clock.after(settleMs, again);
    }),
  );
  say(
    `\nchange a file and the services follow; Ctrl-C ends everything\n${fleet.hints.map((hint) => `  ${hint}`).join('\n')}`,
  );
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  for (const watcher of watchers) watcher.close();
  cancel?.();
  compiler.kill();
  await restarting;
  await fleet.stop();
  return 0;
}
