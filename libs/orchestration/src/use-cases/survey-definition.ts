import { surveySagas, type SagaSurvey } from '#libs/saga';
import type { DefinitionStore } from '../definition-store.js';
import { unknownVersion } from './request-error.js';

/** Surveys a published definition as it stands now, with the contracts, tables and fragments that are published. */
export class SurveyDefinition {
  constructor(private readonly store: Pick<DefinitionStore, 'load'>) {}

  /** The newest version, unless another one is named. @throws RequestError when there is no such version. */
  async survey(definition: string, version?: number): Promise<SagaSurvey> {
    const { documents, files } = await this.store.load();
    const surveys = surveySagas(
      documents.map(({ file, text }) => ({ file, text })),
      Object.fromEntries(files.map(({ path, text }) => [path, text])),
    );
    const [found] = surveys
      .filter((each) => each.saga === definition && (version ?? each.version) === each.version)
      .toSorted((one, other) => other.version - one.version);
    if (found !== undefined) return found;
    const published = surveys.map((each) => ({ definition: each.saga, version: each.version }));
    throw unknownVersion(definition, version, published);
  }
}
