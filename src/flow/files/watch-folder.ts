import type { FileExchange, WaitingFile } from '../../connectors/files.js';
import { HubError, isRetryable } from '../../errors.js';
import { newId } from '../../model/ids.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import { acceptFile, startNext } from './accept-file.js';
import { lockFilesOf } from './file-rows.js';

/**
 * Accepts the files that wait in an integration's folder; answers how many were new. Cut off anywhere it loses nothing
 * and takes nothing twice: a file that was accepted and not yet moved is found again by its content.
 * @throws HubError when the folder cannot be used
 */
export async function watchFolder(services: Services, integration: OpenIntegration): Promise<number> {
  const { files } = integration.connection;
  if (!files) return 0;
  let accepted = 0;
  for (const waiting of await files.list()) {
    if (await acceptWaiting(services, integration, files, waiting)) accepted += 1;
  }
  await services.db.transaction(async (tx) => {
    await lockFilesOf(tx, integration.id);
    await startNext({ services, tx }, integration);
  });
  return accepted;
}

async function acceptWaiting(
  services: Services,
  integration: OpenIntegration,
  files: FileExchange,
  waiting: WaitingFile,
): Promise<boolean> {
  const survey = await files.survey(waiting).catch((error) => skip(services, integration, waiting, error));
  if (!survey) return false;
  const file = { id: newId('ImportFile'), name: waiting.name };
  const { id, isRepeat, refusal } = await acceptFile(services, integration, { ...file, source: 'FOLDER', survey });
  if (isRepeat) {
    await claimOrPutAside(services, files, id, waiting);
    return false;
  }
  await files.claim(file);
  if (refusal) await files.finish(file, { outcome: 'failed', summary: refusal.message, problems: [] });
  return true;
}

/** The very file that was accepted before a crash is moved now; another with the same content is put aside. */
async function claimOrPutAside(
  services: Services,
  files: FileExchange,
  id: string,
  waiting: WaitingFile,
): Promise<void> {
  const { rows } = await services.db.pool.query<{ name: string; source: string; status: string }>(
    'select name, source, status from import_files where id = $1',
    [id],
  );
  const known = rows[0];
  const isUnmoved = known?.source === 'FOLDER' && known.name === waiting.name && known.status === 'WAITING';
  if (isUnmoved && !(await files.isClaimed({ id, name: waiting.name }))) await files.claim({ id, name: waiting.name });
  else await files.putAside(waiting);
}

/** A file that is still being written, or is gone again: another look will tell. */
function skip({ log }: Services, { id }: OpenIntegration, { name }: WaitingFile, error: unknown): null {
  if (!(error instanceof HubError) || isRetryable(error.code)) throw error;
  log.warn({ integrationId: id, file: name, reason: error.message }, 'file is not taken');
  return null;
}
