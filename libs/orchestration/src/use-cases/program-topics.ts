import { commandTopic, eventTopic } from '#libs/messaging';
import type { Program } from '#libs/saga';

/** The topics of definitions by what happens there; each list sorted, without repeats. */
export interface ProgramTopics {
  /** Of what starts sagas, of what they wait for and of what facts are made of. */
  readonly read: readonly string[];
  /** Commands to participants. */
  readonly commands: readonly string[];
  /** Events that sagas tell, and webhooks as they come in. */
  readonly told: readonly string[];
  /** Of events that are read and that no saga tells: somebody else writes them. */
  readonly outside: readonly string[];
}

/** The topics that these definitions need. */
export function topicsOf(programs: readonly Program[]): ProgramTopics {
  const triggers = programs.flatMap(({ triggers: each }) => each);
  const read = [
    ...triggers.flatMap((trigger) => ('event' in trigger ? [trigger.event] : [])),
    // What is waited for, and what facts are made of, may come from somebody who has sent nothing yet.
    ...programs.flatMap(({ awaits = [] }) => awaits.map(({ event }) => event)),
    ...programs.flatMap(({ facts = [] }) => facts.map(({ from }) => from)),
  ];
  const told = [
    ...programs.flatMap(({ emits }) => emits),
    ...triggers.flatMap((trigger) => (trigger.kind === 'webhook' ? [trigger.event] : [])),
  ];
  return {
    read: sorted(read.map(eventTopic)),
    commands: sorted(programs.flatMap(({ calls }) => calls).map(commandTopic)),
    told: sorted(told.map(eventTopic)),
    outside: sorted(read.filter((event) => !told.includes(event)).map(eventTopic)),
  };
}

/** All of them, sorted. */
export function everyTopic({ read, commands, told }: ProgramTopics): readonly string[] {
  return sorted([...read, ...commands, ...told]);
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
