/** A webhook as it was received: its exact bytes, header names in lower case. */
export interface WebhookRequest {
  headers: Record<string, string | undefined>;
  rawBody: Buffer;
  /** Whether it is known who brings it, by a token or a key of the hub's; a signature is checked all the same. */
  isKnown?: boolean;
}
