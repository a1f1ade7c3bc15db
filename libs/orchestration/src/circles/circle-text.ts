import type { Circle, CircleLink } from './circle.js';

/** A circle in words: who waits for what of whom. */
export function circleText({ links }: Pick<Circle, 'links'>): string {
  return links.map((link, index) => linkText(link, links[(index + 1) % links.length]!)).join('; ');
}

function linkText({ definition, businessKey, event }: CircleLink, next: CircleLink): string {
  const other = `${next.definition} ${next.businessKey}`;
  return event === undefined
    ? `${definition} ${businessKey} waits for the end of ${other}`
    : `${definition} ${businessKey} waits for the event ${event.event} of ${event.key}, which ${other} would publish`;
}
