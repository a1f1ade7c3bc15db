import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Ajv, type AnySchemaObject } from 'ajv';
import ajvFormats from 'ajv-formats';
import { cycloneDxSchemas } from './python-tools.js';

/** What the schema of CycloneDX 1.5 has against a bill of materials, a line each. */
export async function cycloneDxCheck(bill: unknown): Promise<readonly string[]> {
  const folder = await cycloneDxSchemas();
  const read = async (name: string): Promise<AnySchemaObject> =>
    JSON.parse(await readFile(path.join(folder, name), 'utf8')) as AnySchemaObject;
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajvFormats.default(ajv);
  for (const format of ['iri-reference', 'idn-email']) ajv.addFormat(format, true);
  for (const name of ['spdx.SNAPSHOT.schema.json', 'jsf-0.82.SNAPSHOT.schema.json'])
    ajv.addSchema(await read(name), `http://cyclonedx.org/schema/${name}`);
  const validate = ajv.compile(await read('bom-1.5.SNAPSHOT.schema.json'));
  const isValid = validate(bill);
  return (isValid === true ? [] : (validate.errors ?? [])).map(
    ({ instancePath, message }) => `${instancePath} ${message}`,
  );
}
