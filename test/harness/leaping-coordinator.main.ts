import 'reflect-metadata';
import process from 'node:process';
import { SystemClock } from '#libs/messaging';
import { kafkaTraffic } from '../../apps/coordinator/src/kafka.module.js';
import { runCoordinator } from '../../apps/coordinator/src/run-coordinator.js';
import { LeapingSource } from './leaping-source.js';
import { LeapingTime } from './leaping-time.js';

/** A coordinator as it is shipped, for which days pass whenever the file `SPEC_LEAPS` says so. */
const time = new LeapingTime(process.env['SPEC_LEAPS'] ?? '');

runCoordinator({
  clock: time,
  traffic: (surroundings) => {
    // The broker knows of no leaps, and refuses what says that it comes from the future.
    const traffic = kafkaTraffic({ ...surroundings, clock: new SystemClock() });
    return {
      ...traffic,
      home: (topic, group) => new LeapingSource(traffic.home(topic, group), time),
      domain: (topics, group) => new LeapingSource(traffic.domain(topics, group), time),
    };
  },
});
