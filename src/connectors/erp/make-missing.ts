import { UpstreamError } from '../upstream/classify.js';

/**
 * Makes what is not there yet. What is sent at the same time may need the same and make it first: the upstream then refuses
 * this one, and a second look finds it.
 */
export async function makeMissing(isThere: () => Promise<boolean>, make: () => Promise<unknown>): Promise<void> {
  if (await isThere()) return;
  try {
    await make();
  } catch (error) {
    if (!(error instanceof UpstreamError) || !(await isThere())) throw error;
  }
}
