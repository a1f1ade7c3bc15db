import type { DataSource } from 'typeorm';
import type { SagaId } from '#libs/messaging';
import type {
  IncidentCause,
  IncidentCount,
  IncidentFilter,
  IncidentPlace,
  StoredIncident,
} from '#libs/orchestration';

const openOfCause = `
  from saga_incident i join saga_instance s on s.id = i.saga_id
 where i.closed_at is null and ($1::text is null or s.definition = $1)
   and ($2::text is null or i.block = $2) and ($3::text is null or i.code = $3)`;

const countsByCause = `
  select s.definition, i.block, i.code, count(*)::integer as count, min(i.opened_at) as "oldestAt",
         max(i.opened_at) as "newestAt", (array_agg(i.message order by i.opened_at desc))[1] as message
  ${openOfCause}
   group by 1, 2, 3 order by 4 desc, 1, 3, 2 limit 500`;

const pageOfCause = `
  select i.saga_id as saga, i.incident_id as id, i.block, i.code, i.message, i.opened_at as "openedAt"
  ${openOfCause}
     and i.opened_at < $4 and ($5::uuid is null or (i.saga_id, i.incident_id) > ($5::uuid, $6::text))
   order by i.saga_id, i.incident_id limit $7`;

interface CountRow {
  readonly definition: string;
  readonly block: string | null;
  readonly code: string;
  readonly count: number;
  readonly oldestAt: Date;
  readonly newestAt: Date;
  readonly message: string;
}

interface PageRow {
  readonly saga: SagaId;
  readonly id: string;
  readonly block: string | null;
  readonly code: string;
  readonly message: string;
  readonly openedAt: Date;
}

/** Open incidents of live sagas by cause, the largest group first. */
export async function incidentCounts(
  source: DataSource,
  cause: IncidentCause,
): Promise<readonly IncidentCount[]> {
  const rows = await source.query<readonly CountRow[]>(countsByCause, causeParameters(cause));
  return rows.map(({ block, oldestAt, newestAt, ...row }) => ({
    ...row,
    ...(block === null ? {} : { block }),
    oldestAt: oldestAt.getTime(),
    newestAt: newestAt.getTime(),
  }));
}

/** Open incidents of live sagas of one cause, page by page. */
export async function incidentsOf(
  source: DataSource,
  filter: IncidentFilter,
): Promise<readonly (StoredIncident & IncidentPlace)[]> {
  const { before, after, limit } = filter;
  const page = [new Date(before), after?.saga ?? null, after?.id ?? null, limit];
  const rows = await source.query<readonly PageRow[]>(pageOfCause, [...causeParameters(filter), ...page]);
  return rows.map(({ block, openedAt, ...row }) => ({
    ...row,
    ...(block === null ? {} : { block }),
    openedAt: openedAt.getTime(),
  }));
}

function causeParameters({ definition, block, code }: IncidentCause): unknown[] {
  return [definition ?? null, block ?? null, code ?? null];
}
