import type { TaskAsk } from '../wait-node.js';
import type { Channel } from './channel.js';
import { evaluate } from './values.js';

/** Waits for people. Clocks, candidates and reminders are the task's own; what comes back is one answer. */
export const taskChannel: Channel<TaskAsk> = {
  open(moment, place) {
    const request = evaluate(moment, place, place.site.node.request);
    return request.ok ? { ok: true, value: { request: request.value } } : request;
  },

  hear: (_moment, _place, { what, data }) =>
    what === 'answered' ? { kind: 'settled', output: data } : { kind: 'ignored' },

  stopsClocks: true,
  releasesWhenOver: false,
};
