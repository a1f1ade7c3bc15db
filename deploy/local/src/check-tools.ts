import { runCommand } from './command.js';
import { engineAnswers } from './containers.js';
import { isKafkaDownloaded } from './kafka-download.js';
import {
  missingJava,
  missingMaven,
  missingPostgres,
  missingPython,
  MissingToolError,
  type MissingTool,
} from './missing-tool.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import type { Source } from './source.js';

const OLDEST_JAVA = 17;

/** What the tools must be good for. */
export interface ToolQuestion {
  /** True when the stack will be asked for processes of its own, as fault tests do. Default false. */
  readonly ownProcesses?: boolean;
  /** True when programs in Python are run as well, whatever broker and database are. Default false. */
  readonly python?: boolean;
}

/** Answers within ten seconds what this machine lacks to start a broker and a database; empty when nothing. */
export async function checkTools(question: ToolQuestion = {}): Promise<readonly MissingTool[]> {
  const [servers, python] = await Promise.all([
    missingForServers(question),
    question.python === true ? missingForPython() : [],
  ]);
  return [...servers, ...python];
}

async function missingForServers(question: ToolQuestion): Promise<readonly MissingTool[]> {
  const own = question.ownProcesses === true;
  const isGiven = (name: string): boolean => !own && (process.env[name] ?? '').trim() !== '';
  const [kafkaGiven, postgresGiven] = [isGiven('KAFKA_BROKERS'), isGiven('DATABASE_URL')];
  if (kafkaGiven && postgresGiven) return [];
  if (!own && (await engineAnswers())) return [];
  const [kafka, postgres] = await Promise.all([
    kafkaGiven ? [] : missingForKafka(),
    postgresGiven ? [] : missingForPostgres(),
  ]);
  return [...kafka, ...postgres];
}

/** Throws `MissingToolError` unless the processes among these sources can be run. */
export async function assertTools(kinds: {
  readonly kafka: Source;
  readonly postgres: Source;
}): Promise<void> {
  const missing = await Promise.all([
    kinds.kafka === 'process' ? missingForKafka() : [],
    kinds.postgres === 'process' ? missingForPostgres() : [],
  ]);
  if (missing.flat().length > 0) throw new MissingToolError(missing.flat());
}

/** Reads the major version from what `java -version` prints; undefined when it is no such text. */
export function javaMajor(versionText: string): number | undefined {
  // Before Java 9 the major version was the second number: "1.8.0_392".
  const digits = /version "(?:1\.)?(\d+)/.exec(versionText)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

async function missingForKafka(): Promise<readonly MissingTool[]> {
  const [java, maven, downloaded] = await Promise.all([
    runCommand('java', ['-version'], { timeoutMs: 5_000 }),
    runCommand('/bin/sh', ['-c', 'command -v mvn'], { timeoutMs: 5_000 }),
    isKafkaDownloaded(),
  ]);
  const major = java.status === 0 ? javaMajor(java.output) : undefined;
  return [
    ...(major !== undefined && major >= OLDEST_JAVA
      ? []
      : [missingJava(major === undefined ? undefined : `found Java ${major}`)]),
    ...(downloaded || maven.status === 0 ? [] : [missingMaven]),
  ];
}

async function missingForPython(): Promise<readonly MissingTool[]> {
  const program = 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 8))';
  const { status } = await runCommand('python3', ['-c', program], { timeoutMs: 5_000 });
  return status === 0 ? [] : [missingPython];
}

async function missingForPostgres(): Promise<readonly MissingTool[]> {
  return (await findPostgresBinaries()) === undefined ? [missingPostgres] : [];
}
