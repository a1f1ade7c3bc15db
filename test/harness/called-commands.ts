import { parseDocuments } from '#libs/saga';

/** What documents want of participants that read commands. */
export interface CalledCommands {
  /** Names of the participants; those reached by HTTP are not among them. */
  readonly participants: readonly string[];
  readonly commands: readonly string[];
  /** Of the commands, those without effect. */
  readonly queries: ReadonlySet<string>;
}

type Fields = Readonly<Record<string, unknown>>;

/** Finds every command that contracts declare or blocks name, but for those of participants that run elsewhere. */
export function calledCommands(
  files: readonly { readonly path: string; readonly text: string }[],
  runElsewhere: readonly string[] = [],
): CalledCommands {
  const documents = files
    .filter(({ path }) => /\.ya?ml$/.test(path))
    .flatMap(({ path, text }) => parseDocuments(text, path).documents.map(({ data }) => data as Fields));
  const contracts = documents.filter((data) => typeof data['participant'] === 'string');
  const reached = contracts.filter((data) => 'http' in data).map((data) => data['participant']);
  const elsewhere = new Set<unknown>([...reached, ...runElsewhere]);
  const declared = contracts.flatMap((data) =>
    Object.entries((data['commands'] ?? {}) as Readonly<Record<string, Fields | null>>).map(
      ([name, command]) => ({ type: `${String(data['participant'])}.${name}`, effect: command?.['effect'] }),
    ),
  );
  const named = documents.flatMap((data) => callsIn(data));
  // A contract that no saga uses makes no topic.
  const used = new Set(
    documents.filter((data) => !('participant' in data)).flatMap((data) => callsIn(data).map(participantOf)),
  );
  const commands = [...new Set([...declared.map(({ type }) => type), ...named])].filter(
    (type) => used.has(participantOf(type)) && !elsewhere.has(participantOf(type)),
  );
  return {
    participants: [...new Set(commands.map(participantOf))],
    commands,
    queries: new Set(declared.filter(({ effect }) => effect === 'none').map(({ type }) => type)),
  };
}

const keysOfCommands = new Set(['call', 'compensate', 'verify', 'ask']);

function callsIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(callsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    keysOfCommands.has(key) && typeof inner === 'string' && inner.includes('.') ? [inner] : callsIn(inner),
  );
}

function participantOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}
