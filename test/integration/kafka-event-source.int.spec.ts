import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { eventSourceContract } from '#libs/testing';
import { startLocalStack, type LocalStack } from '../../deploy/local/src/index.js';
import { Workbench } from './kafka-benches.js';

let stack: LocalStack;
let bench: Workbench;

beforeAll(async () => {
  stack = await startLocalStack({ name: 'kafka-event-source' });
  bench = new Workbench(stack.kafkaBrokers);
  await bench.open();
}, 120_000);

afterEach(() => bench.tidy());

afterAll(async () => {
  await bench?.close();
  await stack?.stop();
});

eventSourceContract('KafkaEventSource', () => bench.sourceBench()());
