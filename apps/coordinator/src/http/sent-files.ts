import type { DefinitionText } from '#libs/orchestration';
import { invalid, objectBody } from './request-reading.js';

const bodyFile = 'body.yaml';

/** The files of a body: YAML as it is, or JSON `{ files: [{ path, text }] }` where documents refer to other files. */
export function filesOf(body: unknown): readonly DefinitionText[] {
  if (typeof body === 'string') return [{ path: bodyFile, text: body }];
  const { files } = objectBody(body, ['files']);
  if (Array.isArray(files) && files.length > 0 && files.every(isFile)) return files;
  throw invalid(
    'the body has to be YAML (content-type application/yaml) or { "files": [{ "path", "text" }, …] }',
  );
}

function isFile(file: unknown): file is DefinitionText {
  const { path, text } = (file ?? {}) as Partial<DefinitionText>;
  return (
    typeof path === 'string' &&
    path !== '' &&
    !path.includes('\0') &&
    typeof text === 'string' &&
    !text.includes('\0')
  );
}
