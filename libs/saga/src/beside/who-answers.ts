import type { Asked, Person, TaskRefusal, TaskState } from './task.js';

/** Why somebody may not answer. */
export interface Objection {
  readonly code: TaskRefusal;
  readonly message: string;
}

/** Why a person may not answer a task, or `undefined` when nothing speaks against it. */
export function objectionTo(person: Person, state: TaskState): Objection | undefined {
  const { asked, request } = state;
  if (request.notBy?.includes(person.by) === true)
    return {
      code: 'FOUR_EYES',
      message: `${person.by} has a part in what is to be decided, so somebody else has to answer`,
    };
  const meant = asked.filter((each) => isMeant(person, each));
  if (meant.length === 0)
    return {
      code: 'NOT_ASKED',
      message: `${person.by} ${rolesText(person)} was not asked; asked are ${askedText(asked)}`,
    };
  const authority = authorityOf(person, request.roles);
  if (meant.some((each) => authority >= each.authority)) return undefined;
  const least = Math.min(...meant.map((each) => each.authority));
  return {
    code: 'AUTHORITY_TOO_LOW',
    message: `${person.by} ${rolesText(person)} has authority ${authority}, and the answer needs ${least}; asked are ${askedText(asked)}`,
  };
}

/** The authority of a person: the highest of their roles. */
export function authorityOf({ roles }: Person, known: Readonly<Record<string, number>>): number {
  return Math.max(0, ...roles.map((role) => (Object.hasOwn(known, role) ? known[role]! : 0)));
}

/** `adjudicator (authority 3), ann`. */
export function askedText(asked: readonly Asked[]): string {
  return asked
    .map(({ role, candidates = [], authority }) => {
      const names = [...(role === undefined ? [] : [role]), ...candidates].join(', ');
      return authority > 0 ? `${names} (authority ${authority})` : names;
    })
    .join(', ');
}

function isMeant({ by, roles }: Person, { role, candidates }: Asked): boolean {
  return (role !== undefined && roles.includes(role)) || candidates?.includes(by) === true;
}

function rolesText({ roles }: Person): string {
  return roles.length === 0 ? '(without a role)' : `(${roles.join(', ')})`;
}
