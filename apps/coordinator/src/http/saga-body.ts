import type { AuditRow, Execution, ListedSaga, SagaView, Stall, StoredIncident } from '#libs/orchestration';
import type { Failure } from '#libs/saga';
import { isoTime } from './iso-time.js';
import { parkedBody } from './parked-body.js';
import { pauseBody } from './pause-body.js';

/** One line of a list of sagas. */
export function summaryBody(saga: ListedSaga) {
  const { startedAt, finishedAt, ...rest } = saga;
  return {
    ...rest,
    startedAt: isoTime(startedAt),
    ...(finishedAt === undefined ? {} : { finishedAt: isoTime(finishedAt) }),
  };
}

/** Everything of one saga. Instants are ISO 8601, but for the raw entries of the history, which are as they were folded. */
export function sagaBody(view: SagaView) {
  const {
    startedAt,
    finishedAt,
    nextTimerAt,
    stalled,
    steps,
    failure,
    waitsFor,
    control,
    paused,
    timeline,
    history,
    incidents,
    audits,
    parked,
    ...facts
  } = view;
  return {
    ...facts,
    startedAt: isoTime(startedAt),
    ...(finishedAt === undefined ? {} : { finishedAt: isoTime(finishedAt) }),
    control: control.map(({ since, until, ...holder }) => ({
      ...holder,
      since: isoTime(since),
      ...(until === undefined ? {} : { until: isoTime(until) }),
    })),
    waitsFor: waitsFor.map(({ since, until, ...waiting }) => ({
      ...waiting,
      ...(since === undefined ? {} : { since: isoTime(since) }),
      ...(until === undefined ? {} : { until: isoTime(until) }),
    })),
    ...(paused === undefined ? {} : { paused: paused.map(pauseBody) }),
    ...(stalled === undefined ? {} : { stalled: stallBody(stalled) }),
    ...(nextTimerAt === undefined ? {} : { nextTimerAt: isoTime(nextTimerAt) }),
    ...(failure === undefined ? {} : { failure: failureBody(failure) }),
    steps: Object.fromEntries(Object.entries(steps).map(([name, step]) => [name, stepBody(step)])),
    timeline: timeline.map((entry) => ({ ...entry, at: isoTime(entry.at) })),
    incidents: incidents.map(incidentBody),
    audits: audits.map(auditBody),
    parked: parked.map(parkedBody),
    history: history.map((page) => ({ ...page, at: isoTime(page.at) })),
  };
}

/** What was carried out for a block. */
export function executionBody({ startedAt, endedAt, log, ...execution }: Execution) {
  return {
    ...execution,
    startedAt: isoTime(startedAt),
    ...(endedAt === undefined ? {} : { endedAt: isoTime(endedAt) }),
    log: log.map(({ at, text }) => ({ at: isoTime(at), text })),
  };
}

/** Since when a saga stands still, and because of what. */
export function stallBody({ since, ...stall }: Stall) {
  return { ...stall, since: isoTime(since) };
}

function failureBody({ causes = [], ...failure }: Failure) {
  return {
    ...failure,
    at: isoTime(failure.at),
    causes: causes.map((cause) => ({ ...cause, at: isoTime(cause.at) })),
  };
}

/** An incident, open or closed. */
export function incidentBody(incident: StoredIncident) {
  const { openedAt, closedAt, ...rest } = incident;
  return {
    ...rest,
    openedAt: isoTime(openedAt),
    ...(closedAt === undefined ? {} : { closedAt: isoTime(closedAt) }),
  };
}

function auditBody(audit: AuditRow) {
  return { ...audit, at: isoTime(audit.at) };
}

function stepBody(step: SagaView['steps'][string]) {
  return { ...step, startedAt: isoTime(step.startedAt), endedAt: isoTime(step.endedAt) };
}
