import { isSagaId, type SagaId } from '#libs/messaging';
import { RequestError } from '#libs/orchestration';

/** The id of a saga in an address. @throws RequestError UNKNOWN_SAGA for what is none. */
export function sagaId(text: string): SagaId {
  if (isSagaId(text)) return text;
  throw new RequestError(
    'UNKNOWN_SAGA',
    `"${text.slice(0, 60)}" is not the id of a saga; by business key: GET /sagas?key=…`,
  );
}
