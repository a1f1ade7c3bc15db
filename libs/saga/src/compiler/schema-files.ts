import type { ValidateFunction } from 'ajv';
import type { Cursor } from '../document/cursor.js';
import { isMap } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { classesInSchema, FOREIGN_CLASSES } from '../expression/field-classes.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { Json, JsonObject } from '../json.js';

/** A JSON Schema that a document refers to, or holds. */
export interface Schema {
  readonly json: JsonObject;
  /** Where it stands: its file, or its place in the file of a document. */
  readonly name: string;
}

/** Finds the JSON Schemas that documents refer to among the files that were handed in. */
export class SchemaFiles {
  readonly #parsed = new Map<string, JsonObject | undefined>();
  #anyClass: boolean | undefined;
  readonly #checks = new Map<string, ValidateFunction>();

  constructor(
    private readonly files: Readonly<Record<string, string>>,
    private readonly log: ProblemLog,
  ) {}

  /** The schema a value names (a file, beside the document or from the top) or is; complains when there is none. */
  schemaAt(cursor: Cursor | undefined): Schema | undefined {
    if (cursor === undefined) return undefined;
    if (isMap(cursor.value))
      return {
        json: this.#classed(cursor.value, cursor.document.file),
        name: `${cursor.document.file}#${cursor.path.join('/')}`,
      };
    const name = this.#nameAt(cursor);
    const json = name === undefined ? undefined : this.#parse(name, cursor);
    return name === undefined || json === undefined ? undefined : { json: this.#classed(json, name), name };
  }

  /** The text of the file a value names; complains when there is none. */
  textAt(cursor: Cursor): string | undefined {
    const name = this.#nameAt(cursor);
    return name === undefined ? undefined : this.files[name];
  }

  /** The compiled check of a schema, made once. */
  checkOf({ name, json }: Schema, make: () => ValidateFunction): ValidateFunction {
    // A file may hold several documents, and in each of them something else stands at the same place.
    const key = `${name}\n${JSON.stringify(json)}`;
    const known = this.#checks.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.#checks.set(key, made);
    return made;
  }

  /** Every file that holds JSON, so that schemas can refer to each other. */
  others(): readonly Schema[] {
    const names = Object.keys(this.files).filter((name) => name.endsWith('.json'));
    return names.flatMap((name) => {
      const json = parseObject(this.files[name]!);
      return json === undefined ? [] : [{ name, json }];
    });
  }

  /** The same schema, saying beside each reference to another file how what is there is classed. */
  #classed(json: JsonObject, file: string): JsonObject {
    if (!this.#hasClasses) return json;
    return this.#withForeign(json, file, new Set([file])) as JsonObject;
  }

  #withForeign(value: Json, file: string, around: ReadonlySet<string>): Json {
    if (Array.isArray(value)) return value.map((each: Json) => this.#withForeign(each, file, around));
    if (!isMap(value)) return value;
    const inside = Object.entries(value).map(
      ([key, each]) => [key, this.#withForeign(each, file, around)] as const,
    );
    const { $ref: reference } = value;
    const foreign = typeof reference === 'string' ? this.#foreignClasses(reference, file, around) : [];
    return Object.fromEntries(foreign.length === 0 ? inside : [...inside, [FOREIGN_CLASSES, foreign]]);
  }

  #foreignClasses(reference: string, file: string, around: ReadonlySet<string>): readonly string[] {
    const [path = ''] = reference.split('#');
    const name = candidates(file, path).find((each) => Object.hasOwn(this.files, each));
    const json =
      path === '' || name === undefined || around.has(name) ? undefined : parseObject(this.files[name]!);
    if (json === undefined) return [];
    const whole = this.#withForeign(json, name!, new Set([...around, name!]));
    return [...new Set(classesInSchema(whole, whole))];
  }

  get #hasClasses(): boolean {
    this.#anyClass ??= Object.values(this.files).some((text) => text.includes('"x-class"'));
    return this.#anyClass;
  }

  #nameAt(cursor: Cursor): string | undefined {
    const reference = String(cursor.value);
    const name = candidates(cursor.document.file, reference).find((candidate) =>
      Object.hasOwn(this.files, candidate),
    );
    if (name === undefined)
      this.log.error(
        cursor,
        `The file "${reference}" was not found.${suggestion(reference, Object.keys(this.files))}`,
      );
    return name;
  }

  #parse(name: string, cursor: Cursor): JsonObject | undefined {
    if (!this.#parsed.has(name)) {
      const json = parseObject(this.files[name]!);
      if (json === undefined)
        this.log.error(cursor, `The file "${name}" is no JSON Schema: it has to hold one JSON object.`);
      this.#parsed.set(name, json);
    }
    return this.#parsed.get(name);
  }
}

function candidates(documentFile: string, reference: string): readonly string[] {
  const folder = documentFile.includes('/') ? documentFile.slice(0, documentFile.lastIndexOf('/') + 1) : '';
  return [normalized(folder + reference), normalized(reference)];
}

function normalized(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const json = JSON.parse(text) as Json;
    return isMap(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
