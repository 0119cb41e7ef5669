import type { DeliveryResult, Effect, PullSources } from '../../connectors/connector.js';
import type { FileExchange, FileReport } from '../../connectors/files.js';
import type { PullRequest, RowProblem } from '../../connectors/pull.js';
import { failedDelivery } from '../../connectors/upstream/classify.js';
import { HubError, isRetryable } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import { runPull } from '../pull/run-pull.js';
import type { Services } from '../services.js';
import { DONE, unlessCancelled } from '../sync/run-result.js';
import { startNext } from './accept-file.js';
import {
  type Counts,
  type FileRow,
  findFile,
  lockFilesOf,
  setColumns,
  setFinished,
  setProcessing,
} from './file-rows.js';

/** Of the names of columns in a report. */
const MOST_SHOWN = 20;
const LONGEST_SHOWN = 100;
const MOST_STORED = 200;

/** Whether an effect is the work on one file. */
export const isFileWork = ({ operation, entityId }: Effect) => operation === 'QUERY' && entityId.startsWith('fil_');

/** A file that is being taken, and the folder that it lies in. */
interface Taking {
  services: Services;
  integration: OpenIntegration;
  files: FileExchange;
  file: FileRow;
}

/**
 * Takes a file: reads its rows as a pull reads pages, then moves it away with a report. Repeating it changes nothing:
 * rows are compared with what is known, orders are recognised by the inbox, a finished file stays finished. `stopping`
 * cuts it off, to be repeated from its beginning.
 */
export async function takeFile(services: Services, effect: Effect, stopping: AbortSignal): Promise<DeliveryResult> {
  const file = await findFile(services.db, effect.entityId);
  if (!file) return failedDelivery(new HubError('NOT_FOUND', `There is no file ${effect.entityId}.`));
  const integration = await services.integrations.byId(file.integrationId);
  const { files } = integration.connection;
  if (!files) return failedDelivery(new HubError('UNSUPPORTED', `${integration.connector.title} takes no files.`));
  const taking = { services, integration, files, file };
  try {
    const unused = file.status === 'DONE' ? [] : await read(taking, effect, stopping);
    await finish(taking, null, unused);
    return DONE;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const isLast = effect.attempt >= integration.policy.maxAttempts;
    if (!isRetryable(error.code) || isLast) await finish(taking, error);
    return unlessCancelled(failedDelivery(error));
  }
}

/** Answers the columns that nothing was made of. */
async function read(
  { services, integration, files, file }: Taking,
  { syncEventId }: Effect,
  stopping: AbortSignal,
): Promise<readonly string[]> {
  if (file.kind === null) throw new HubError('INVALID_SHAPE', 'It is not known what the file holds.');
  if (!(await files.claim(file))) throw new HubError('NOT_FOUND', `The file ${file.name} is gone: hand it over again.`);
  await setProcessing(services.db, file.id);
  const of =
    <Pages>(read: (file: FileRow, signal: AbortSignal) => Pages) =>
    ({ signal }: PullRequest) =>
      read(file, signal);
  const pull: PullSources = {
    PRODUCT: of(files.readProducts),
    INVENTORY: of(files.readStock),
    ORDER: of(files.readOrders),
  };
  await runPull(services, integration, { entityType: file.kind, syncEventId, part: pull }, stopping);
  const { hasStock, unused, hints = [] } = await files.readHeader(file, file.kind);
  await setColumns(
    services.db,
    file.id,
    unused.slice(0, MOST_STORED).map(shorten),
    hints.slice(0, MOST_STORED).map(shorten),
  );
  const beside = { entityType: 'INVENTORY', syncEventId, part: { INVENTORY: of(files.readStockBeside) } } as const;
  if (hasStock) await runPull(services, integration, beside, stopping);
  return unused;
}

/** The row first, so that a crash behind it leaves nothing but a file to be moved. */
async function finish(
  { services, integration, files, file }: Taking,
  error: HubError | null,
  unused: readonly string[] = [],
): Promise<void> {
  const counts = await services.db.transaction(async (tx) => {
    await lockFilesOf(tx, integration.id);
    const found = await setFinished(tx, file.id, error ? 'FAILED' : 'DONE', error);
    await startNext({ services, tx }, integration);
    return found;
  });
  const report = await reportOf(services, file, counts, error);
  await files.finish(file, { ...report, summary: `${report.summary}${tellUnused(unused)}` });
}

const PROBLEMS = `select line, column_name as "column", value, rule from row_problems where sync_event_id = $1 order by id`;

async function reportOf({ db }: Services, file: FileRow, counts: Counts, error: HubError | null): Promise<FileReport> {
  const { rows: problems } = await db.pool.query<RowProblem>(PROBLEMS, [file.syncEventId]);
  const { rowsRead, rowsChanged, problemCount } = counts;
  const summary = error
    ? error.message
    : `${rowsRead} rows taken, ${rowsChanged} of them changed something; ${problemCount} problems`;
  return { outcome: error ? 'failed' : 'done', summary, problems };
}

function tellUnused(columns: readonly string[]): string {
  const shown = columns.slice(0, MOST_SHOWN).map(shorten);
  if (shown.length === 0) return '';
  const rest = columns.length - shown.length;
  return `; columns not used: ${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const shorten = (name: string) => name.replaceAll('\0', '\uFFFD').slice(0, LONGEST_SHOWN).toWellFormed();
