import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runCommand } from './command.js';
import { cached, isCached } from './download-cache.js';
import { LocalStackError } from './local-stack-error.js';

/** The broker version that runs as a process and in the container. */
export const KAFKA_VERSION = '4.3.1';

const CACHE_NAME = `kafka-${KAFKA_VERSION}`;

const dependency = (group: string, artifact: string, version: string): string =>
  `    <dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>skald.local</groupId>
  <artifactId>kafka</artifactId>
  <version>1</version>
  <dependencies>
${dependency('org.apache.kafka', 'kafka_2.13', KAFKA_VERSION)}
${dependency('org.apache.kafka', 'kafka-server', KAFKA_VERSION)}
${dependency('org.slf4j', 'slf4j-simple', '1.7.36')}
  </dependencies>
</project>
`;

/** True when the broker was downloaded before, so that Maven is not needed. */
export function isKafkaDownloaded(): Promise<boolean> {
  return isCached(CACHE_NAME);
}

/** Answers the folder with the jars of the broker, downloading them once. */
export async function kafkaJars(onProgress: (line: string) => void): Promise<string> {
  const folder = await cached(CACHE_NAME, (draft) => {
    onProgress(`kafka: downloading Apache Kafka ${KAFKA_VERSION} with Maven (44 MB, once)`);
    return download(draft);
  });
  return path.join(folder, 'libs');
}

async function download(folder: string): Promise<void> {
  const pom = path.join(folder, 'pom.xml');
  await writeFile(pom, POM);
  const goal = ['-q', '-B', '-f', pom, 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  const args = [...goal, `-DoutputDirectory=${path.join(folder, 'libs')}`];
  const result = await runCommand('mvn', args, { timeoutMs: 5 * 60_000, cwd: folder });
  if (result.status === 0) return;
  throw new LocalStackError(
    'DOWNLOAD_FAILED',
    `Maven could not download Apache Kafka:\n${result.output.slice(-2_000)}`,
  );
}
