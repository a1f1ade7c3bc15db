import type { StaticType } from './static-type.js';

/** A part of a value that is classed, such as `medical`. `*` in its path is any item of a list. */
export interface ClassedPart {
  readonly path: readonly string[];
  readonly fieldClass: string;
}

/** The same type, holding what is classed like that. */
export function withClasses(type: StaticType, classes: readonly string[]): StaticType {
  if (classes.length === 0 || type.kind === 'refused') return type;
  return { ...type, classes: [...new Set([...(type.classes ?? []), ...classes])] };
}

/** Every class of a type and of what is in it. */
export function classesOf(type: StaticType): readonly string[] {
  return [...new Set(classedParts(type).map(({ fieldClass }) => fieldClass))];
}

/** What of a type is classed, outermost first. */
export function classedParts(type: StaticType, path: readonly string[] = []): readonly ClassedPart[] {
  if (type.kind === 'refused') return [];
  const own = (type.classes ?? []).map((fieldClass) => ({ path, fieldClass }));
  switch (type.kind) {
    case 'list':
      return [...own, ...classedParts(type.of, [...path, '*'])];
    case 'optional':
      return [...own, ...classedParts(type.of, path)];
    case 'record':
      return [
        ...own,
        ...Object.entries(type.fields).flatMap(([name, field]) => classedParts(field, [...path, name])),
      ];
    default:
      return own;
  }
}

/** How the part of a type at this path is classed, by itself or by what is around it. */
export function classesAt(type: StaticType, [step, ...rest]: readonly string[]): readonly string[] {
  if (type.kind === 'refused') return [];
  const own = type.classes ?? [];
  if (step === undefined) return own;
  if (type.kind === 'optional') return [...own, ...classesAt(type.of, [step, ...rest])];
  if (type.kind === 'list') return [...own, ...classesAt(type.of, rest)];
  const field = type.kind === 'record' && Object.hasOwn(type.fields, step) ? type.fields[step] : undefined;
  return field === undefined ? own : [...own, ...classesAt(field, rest)];
}

/** A type of which nothing is known but how its parts are classed. */
export function classesOnly(type: StaticType): StaticType {
  switch (type.kind) {
    case 'refused':
      return { kind: 'any' };
    case 'list':
      return withClasses({ kind: 'list', of: classesOnly(type.of) }, type.classes ?? []);
    case 'optional':
      return withClasses({ kind: 'optional', of: classesOnly(type.of) }, type.classes ?? []);
    case 'record': {
      const fields = Object.entries(type.fields).map(([name, field]) => [name, classesOnly(field)] as const);
      const { nullable, title, classes } = type;
      const open = { kind: 'record', open: true, title, fields: Object.fromEntries(fields) } as const;
      return withClasses(nullable === undefined ? open : { ...open, nullable }, classes ?? []);
    }
    default:
      return withClasses({ kind: 'any' }, type.classes ?? []);
  }
}

/** Beside a `$ref` to another file: how what it refers to is classed. */
export const FOREIGN_CLASSES = 'x-foreign-classes';

/** Everything that is classed anywhere in a JSON Schema, for parts whose form is not looked into. */
export function classesInSchema(
  schema: unknown,
  root: unknown,
  seen = new Set<unknown>(),
): readonly string[] {
  if (typeof schema !== 'object' || schema === null || seen.has(schema)) return [];
  seen.add(schema);
  if (Array.isArray(schema)) return schema.flatMap((each) => classesInSchema(each, root, seen));
  const {
    'x-class': fieldClass,
    [FOREIGN_CLASSES]: foreign,
    $ref: reference,
  } = schema as Readonly<Record<string, unknown>>;
  const referred = typeof reference === 'string' ? referredTo(reference, root) : undefined;
  return [
    ...(typeof fieldClass === 'string' ? [fieldClass] : []),
    ...(Array.isArray(foreign) ? foreign.map(String) : []),
    ...classesInSchema(referred, root, seen),
    ...Object.values(schema).flatMap((each) => classesInSchema(each, root, seen)),
  ];
}

/** What a reference within a schema refers to. */
function referredTo(reference: string, root: unknown): unknown {
  if (!reference.startsWith('#')) return undefined;
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>(
      (at, step) =>
        typeof at === 'object' && at !== null
          ? (at as Readonly<Record<string, unknown>>)[step.replaceAll('~1', '/').replaceAll('~0', '~')]
          : undefined,
      root,
    );
}
