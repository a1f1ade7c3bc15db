import type { JsonObject } from '#libs/messaging';

/** A column of a table: what it looks at. */
export interface Column {
  readonly title: string;
  readonly subject: string;
  readonly typeRef: string | undefined;
  /** The values it may have, where the table says so. */
  readonly values: readonly string[];
}

const TYPES: Readonly<Record<string, JsonObject>> = {
  string: { type: 'string' },
  number: { type: 'number' },
  integer: { type: 'integer' },
  long: { type: 'integer' },
  double: { type: 'number' },
  boolean: { type: 'boolean' },
  date: { type: 'string', format: 'date-time' },
  dateTime: { type: 'string', format: 'date-time' },
};

/** A JSON Schema for each input that columns look at; a path such as `customer.kind` is a field of its input. */
export function inputSchemas(columns: readonly Column[]): JsonObject {
  const inputs: Record<string, JsonObject> = {};
  for (const column of columns) {
    const paths = column.subject.match(/[a-z_]\w*(?:\.[a-z_]\w*)*(?!\w*\()/gi) ?? [];
    for (const path of paths) {
      const [input, ...fields] = path.split('.');
      const isWhole = path === column.subject;
      inputs[input!] = withField(inputs[input!] ?? {}, fields, isWhole ? typeOf(column) : {});
    }
  }
  return inputs;
}

function typeOf({ typeRef = '', values }: Column): JsonObject {
  const type = TYPES[typeRef.replace(/^feel:/, '')] ?? {};
  return values.length > 0 ? { ...type, enum: [...values] } : type;
}

function withField(schema: JsonObject, [field, ...rest]: readonly string[], type: JsonObject): JsonObject {
  if (field === undefined) return { ...schema, ...type };
  const properties = (schema['properties'] ?? {}) as Readonly<Record<string, JsonObject>>;
  const required = (schema['required'] ?? []) as readonly string[];
  return {
    type: 'object',
    required: [...new Set([...required, field])],
    properties: { ...properties, [field]: withField(properties[field] ?? {}, rest, type) },
  };
}
