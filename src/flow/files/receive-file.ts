import type { Readable } from 'node:stream';
import type { Caller } from '../../access/caller.js';
import { HubError } from '../../errors.js';
import { newId } from '../../model/ids.js';
import { auditDone } from '../access/audit-done.js';
import { findIntegration } from '../integrations/find-integration.js';
import { requireEnabled } from '../integrations/require-enabled.js';
import type { Services } from '../services.js';
import { acceptFile } from './accept-file.js';

/** A file as it is posted. */
export interface PostedFile {
  integrationId: string;
  name: string;
  content: Readable;
  /** More is refused. */
  mostBytes: number;
}

/**
 * Stores a posted file and starts to take it; answers its id, or that of the file with the same content.
 * @throws HubError NOT_FOUND, INTEGRATION_DISABLED, UNSUPPORTED (the connector takes no files), PAYLOAD_TOO_LARGE,
 * BAD_USER_INPUT (the name), INVALID_SHAPE when it cannot be told what it holds
 */
export async function receiveFile(services: Services, caller: Caller, posted: PostedFile): Promise<string> {
  const integration = await findIntegration(services, caller, posted.integrationId, ['id']);
  const { files } = integration.connection;
  requireEnabled(integration);
  if (!files) throw new HubError('UNSUPPORTED', `${integration.connector.title} takes no files.`);
  const file = { id: newId('ImportFile'), name: posted.name };
  const survey = await files.receive(file, posted.content, posted.mostBytes);
  const { id, isRepeat, refusal } = await acceptFile(services, integration, { ...file, source: 'UPLOAD', survey });
  if (isRepeat) await files.discard(file);
  if (refusal) {
    await files.finish(file, { outcome: 'failed', summary: refusal.message, problems: [] });
    throw refusal;
  }
  const details = { fileId: id, name: file.name, contentHash: survey.contentHash, isRepeat };
  await services.db.transaction((tx) =>
    auditDone(tx, caller, {
      action: 'file.post',
      merchantId: integration.merchantId,
      integrationId: integration.id,
      details,
    }),
  );
  return id;
}
