import type { HeldWait, HelpedWait, WaitExplanation } from '#libs/orchestration';
import { pauseBody } from './pause-body.js';
import { isoTime } from './iso-time.js';

/** Why a saga does not go on, with times in ISO 8601. */
export function whyBody({ sagas, circles, isCut }: WaitExplanation) {
  return {
    sagas: sagas.map(({ waits, held, ...saga }) => ({
      ...saga,
      waits: waits.map(waitBody),
      ...(held === undefined ? {} : { held: held.map(heldBody) }),
    })),
    circles: circles.map(({ text, links, endsAt }) => ({
      text,
      sagas: links.map(({ saga }) => saga),
      ...(endsAt === undefined ? {} : { endsAt: isoTime(endsAt) }),
    })),
    isCut,
  };
}

function heldBody({ since, pause, ...wait }: HeldWait) {
  return { ...wait, since: isoTime(since), ...(pause === undefined ? {} : { pause: pauseBody(pause) }) };
}

function waitBody({ since, until, ...wait }: HelpedWait) {
  return { ...wait, since: isoTime(since), ...(until === undefined ? {} : { until: isoTime(until) }) };
}
