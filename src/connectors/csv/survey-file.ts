import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { HubError } from '../../errors.js';
import type { CodePage } from '../text/code-pages.js';
import { senseEncoding } from './detect.js';
import { openPlain } from './folder.js';

const CHUNK_BYTES = 256 * 1024;

/** What all of a file's bytes tell. */
export interface ByteSurvey {
  contentHash: string;
  sizeBytes: number;
  encoding: CodePage;
  modifiedAt: Date;
}

/** Reads a file once from end to end. @throws HubError BAD_USER_INPUT when it is no plain file, or grew meanwhile */
export async function surveyBytes(path: string): Promise<ByteSurvey> {
  const file = await openPlain(path);
  try {
    return await readThrough(file);
  } finally {
    await file.close();
  }
}

async function readThrough(file: FileHandle): Promise<ByteSurvey> {
  const before = await file.stat();
  const hash = createHash('sha256');
  const sense = senseEncoding();
  let sizeBytes = 0;
  const buffer = Buffer.alloc(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, sizeBytes);
    if (bytesRead === 0) break;
    const chunk = buffer.subarray(0, bytesRead);
    hash.update(chunk);
    sense.take(chunk);
    sizeBytes += bytesRead;
  }
  const after = await file.stat();
  if (after.mtimeMs !== before.mtimeMs || after.size !== sizeBytes) {
    throw new HubError(
      'BAD_USER_INPUT',
      'The file is still being written; write under another name and rename it when it is complete.',
    );
  }
  return { contentHash: hash.digest('hex'), sizeBytes, encoding: sense.result(), modifiedAt: after.mtime };
}
