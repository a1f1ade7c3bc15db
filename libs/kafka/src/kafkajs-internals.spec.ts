import { createRequire } from 'node:module';
import { describe, expect, it, jest } from '@jest/globals';
import { prepareKafkajs } from './kafkajs-internals.js';

interface Queue {
  pending: unknown[];
  throttleCheckTimeoutId: unknown;
  scheduleCheckPendingRequests(): void;
  checkPendingRequests(): void;
  destroy(): void;
}

const load = createRequire(import.meta.url);
const RequestQueue = load('kafkajs/src/network/requestQueue') as new (options: object) => Queue;

function queue(): Queue {
  prepareKafkajs();
  return new RequestQueue({ maxInFlightRequests: null, logger: { debug: () => undefined } });
}

describe("the client's request queue", () => {
  it('arms no timer while nothing waits', () => {
    const idle = queue();

    idle.checkPendingRequests();

    expect(idle.throttleCheckTimeoutId).toBeNull();
  });

  it('looks again when something waits', () => {
    jest.useFakeTimers();
    const busy = queue();
    busy.pending = [{}];
    const looked = jest.spyOn(busy, 'checkPendingRequests').mockImplementation(() => undefined);

    busy.scheduleCheckPendingRequests();
    busy.scheduleCheckPendingRequests();
    jest.advanceTimersByTime(10);

    expect(looked).toHaveBeenCalledTimes(1);
    expect(busy.throttleCheckTimeoutId).toBeNull();
    jest.useRealTimers();
  });
});
