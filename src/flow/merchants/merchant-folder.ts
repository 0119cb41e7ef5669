import { join } from 'node:path';

/** The folder of one merchant's files, whatever characters its id has. */
export function merchantFolder(filesRoot: string, merchantId: string): string {
  return join(filesRoot, encodeURIComponent(merchantId).replaceAll('.', '%2E'));
}
