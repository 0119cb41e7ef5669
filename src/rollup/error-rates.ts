import type { Sql } from '../db/database.js';
import { type RollupRow, type RollupSelection, SELECTED, valuesOf } from './read-rollups.js';
import { type CategoryShare, categoriesOf, type ErrorShare, errorsOf, share, total } from './summarise.js';

/** What went wrong at one integration, or at all of one connector; shares are of its attempts. */
export interface ErrorRates {
  /** Null: all integrations of the connector. */
  integrationId: string | null;
  connector: string;
  attempts: number;
  errorRate: number | null;
  errors: ErrorShare[];
  errorCategories: CategoryShare[];
}

type Row = Pick<RollupRow, 'outcome' | 'errorCode' | 'count'> & { integrationId: string; connector: string };

const READ = `select r.integration_id as "integrationId", i.connector, r.outcome, r.error_code as "errorCode",
  sum(r.count)::float8 as count
${SELECTED} and r.source = 'ATTEMPT' group by 1, 2, 3, 4 order by 2, 1`;

/** Of every integration and every connector that tried something in the time. */
export async function readErrorRates(
  sql: Sql,
  selection: RollupSelection,
): Promise<{ errorsByIntegration: ErrorRates[]; errorsByConnector: ErrorRates[] }> {
  const rows = await sql<Row>(READ, valuesOf(selection));
  const of = (key: (row: Row) => string) => [...Map.groupBy(rows, key).values()];
  return {
    errorsByIntegration: of(({ integrationId }) => integrationId).map((own) =>
      ratesOf(own, own[0]?.integrationId ?? null),
    ),
    errorsByConnector: of(({ connector }) => connector).map((own) => ratesOf(own, null)),
  };
}

function ratesOf(rows: readonly Row[], integrationId: string | null): ErrorRates {
  const attempts = total(rows);
  return {
    integrationId,
    connector: rows[0]?.connector ?? '',
    attempts,
    errorRate: share(total(rows.filter(({ outcome }) => outcome !== 'SUCCESS')), attempts),
    errors: errorsOf(rows),
    errorCategories: categoriesOf(rows),
  };
}
