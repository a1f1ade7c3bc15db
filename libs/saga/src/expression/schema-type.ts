import { classesInSchema, withClasses } from './field-classes.js';
import { ANY, type StaticType } from './static-type.js';

interface SchemaLike {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly additionalProperties?: unknown;
  readonly items?: unknown;
}

/**
 * Reads types out of a JSON Schema, as far as expressions profit from them: `date-time` and `duration`
 * formats, the fields of an object, and how they are classed. Whatever else a schema says leads to `any`.
 */
export function typeOfSchema(schema: unknown, title: string, root: unknown = schema): StaticType {
  const type = formOfSchema(schema, title, root);
  if (type.kind !== 'record' && type.kind !== 'list') return withClasses(type, classesInSchema(schema, root));
  const fieldClass = (schema as Readonly<Record<string, unknown>>)['x-class'];
  return typeof fieldClass === 'string' ? withClasses(type, [fieldClass]) : type;
}

function formOfSchema(schema: unknown, title: string, root: unknown): StaticType {
  if (typeof schema !== 'object' || schema === null || '$ref' in schema || 'allOf' in schema) return ANY;
  if ('anyOf' in schema || 'oneOf' in schema || 'patternProperties' in schema) return ANY;
  const { type, format, properties, additionalProperties, items } = schema as SchemaLike;
  if (type === 'string' && format === 'date-time') return { kind: 'timestamp', stored: 'text' };
  if (type === 'string' && format === 'duration') return { kind: 'duration', stored: 'text' };
  if (type === 'array') return { kind: 'list', of: typeOfSchema(items, `an item of ${title}`, root) };
  if (type !== 'object') return ANY;
  if (properties === undefined) return formOfMap(additionalProperties, title, root);
  const fields: Record<string, StaticType> = {};
  for (const [name, field] of Object.entries(properties))
    fields[name] = typeOfSchema(field, `${title}.${name}`, root);
  return { kind: 'record', fields, open: additionalProperties !== false, title };
}

/** Names are unknown, and what stands behind each of them is alike. */
function formOfMap(values: unknown, title: string, root: unknown): StaticType {
  // What is classed is found by its path, and a path needs names.
  if (typeof values !== 'object' || values === null || classesInSchema(values, root).length > 0) return ANY;
  const rest = typeOfSchema(values, `a value of ${title}`, root);
  return { kind: 'record', fields: {}, open: true, rest, title };
}
