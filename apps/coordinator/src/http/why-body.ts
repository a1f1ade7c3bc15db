import type { HelpedWait, WaitExplanation } from '#libs/orchestration';
import { isoTime } from './saga-body.js';

/** Why a saga does not go on, with times in ISO 8601. */
export function whyBody({ sagas, circles, isCut }: WaitExplanation) {
  return {
    sagas: sagas.map(({ waits, held, ...saga }) => ({
      ...saga,
      waits: waits.map(waitBody),
      ...(held === undefined ? {} : { held: held.map((each) => ({ ...each, since: isoTime(each.since) })) }),
    })),
    circles: circles.map(({ text, links, endsAt }) => ({
      text,
      sagas: links.map(({ saga }) => saga),
      ...(endsAt === undefined ? {} : { endsAt: isoTime(endsAt) }),
    })),
    isCut,
  };
}

function waitBody({ since, until, ...wait }: HelpedWait) {
  return { ...wait, since: isoTime(since), ...(until === undefined ? {} : { until: isoTime(until) }) };
}
