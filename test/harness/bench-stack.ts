import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { startLocalStack, type LocalStack } from '../../deploy/local/src/index.js';

/** A broker and a database server, and a folder of its own for one bench or other spec. */
export interface BenchStack {
  readonly kafkaBrokers: readonly string[];
  readonly databaseUrl: string;
  readonly dataFolder: string;
  readonly logsFolder: string;
  /** Where they were started for this bench alone. */
  readonly servers?: Pick<LocalStack, 'brokers' | 'postgres'>;
  /** Removes the folder, and the servers where they were started for this bench alone. */
  discard(): Promise<void>;
}

/** The servers that all spec files of this worker share, or servers of its own where there are none. */
export async function benchStack(name: string, isOwn = false): Promise<BenchStack> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), `skald-${name}-`));
  const shared = isOwn ? undefined : sharedServers();
  if (shared === undefined) {
    const servers = await startLocalStack({ dataFolder, ownProcesses: true });
    const { kafkaBrokers, logsFolder } = servers;
    return {
      kafkaBrokers,
      databaseUrl: servers.databaseUrl,
      dataFolder,
      logsFolder,
      servers,
      discard: () => servers.discard(),
    };
  }
  return {
    ...shared,
    dataFolder,
    logsFolder: path.join(dataFolder, 'logs'),
    discard: () => rm(dataFolder, { recursive: true, force: true }),
  };
}

/** Those of this worker: what a bench does to the whole broker, no bench of another worker meets. */
function sharedServers(): Pick<BenchStack, 'kafkaBrokers' | 'databaseUrl'> | undefined {
  const { SKALD_BENCH_STACKS: stacks, JEST_WORKER_ID: worker } = process.env;
  if (stacks === undefined) return undefined;
  return (JSON.parse(stacks) as readonly Pick<BenchStack, 'kafkaBrokers' | 'databaseUrl'>[])[
    Number(worker) - 1
  ];
}
