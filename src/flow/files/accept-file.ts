import { HubError } from '../../errors.js';
import type { OpenIntegration } from '../integrations/open-integration.js';
import type { Services } from '../services.js';
import type { HubWork } from '../work.js';
import {
  countRepeat,
  findNext,
  findSame,
  insertFile,
  lockFilesOf,
  type NewFile,
  setFinished,
  setStarted,
} from './file-rows.js';

/** What became of a file that was handed over. */
export interface AcceptedFile {
  /** Of the file itself; of the first one, where the content is nothing new. */
  id: string;
  isRepeat: boolean;
  /** Why it is not taken: neither its name nor its columns tell what it holds. Null: they do. */
  refusal: HubError | null;
}

const UNKNOWN_KIND = new HubError(
  'INVALID_SHAPE',
  'It cannot be told what the file holds: name it products…, prices…, stock… or orders…, or name its columns.',
);

/** Stores that a file is there, and starts the work unless another of its kind is under way. One transaction. */
export function acceptFile(
  services: Services,
  integration: OpenIntegration,
  file: Omit<NewFile, 'merchantId' | 'integrationId'>,
): Promise<AcceptedFile> {
  return services.db.transaction(async (tx) => {
    await lockFilesOf(tx, integration.id);
    const same = await findSame(tx, integration.id, file.survey.contentHash);
    if (same) {
      await countRepeat(tx, same.id);
      return { id: same.id, isRepeat: true, refusal: null };
    }
    await insertFile(tx, { ...file, merchantId: integration.merchantId, integrationId: integration.id });
    const { kind, unreadable = UNKNOWN_KIND } = file.survey;
    const refusal = kind === null ? unreadable : null;
    if (refusal) await setFinished(tx, file.id, 'FAILED', refusal);
    await startNext({ services, tx }, integration);
    return { id: file.id, isRepeat: false, refusal };
  });
}

/** Starts the oldest file of each kind of which none is under way. To be called with the integration's files locked. */
export async function startNext({ services, tx }: HubWork, { id, merchantId, policy }: OpenIntegration): Promise<void> {
  for (const file of await findNext(tx, id)) {
    if (file.kind === null) continue;
    const entity = { merchantId, integrationId: id, entityType: file.kind, entityId: file.id };
    const [eventId = ''] = await services.outbox.enqueue(tx, [
      { ...entity, operation: 'QUERY', payload: null, maxAttempts: policy.maxAttempts },
    ]);
    await setStarted(tx, file.id, eventId);
  }
}
