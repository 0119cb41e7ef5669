import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { SealedCredentials } from '../db/entities/integration.js';
import { HubError } from '../errors.js';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
/** Node would take a tag of 4 bytes, which can be guessed. */
const TAG_BYTES = 16;
const MIN_SECRET_LENGTH = 32;

/** The keys that open sealed credentials, by id; `current` seals. */
export interface Keyring {
  current: string;
  keys: ReadonlyMap<string, Buffer>;
}

/**
 * Makes a keyring of configured secrets, each at least 32 characters of random text. To rotate, the new secret comes
 * first and the former ones stay behind it until every row is sealed anew.
 * @throws Error naming the secret's place, never the secret
 */
export function createKeyring(secrets: readonly [string, ...string[]]): Keyring {
  const keys = secrets.map((secret, index) => deriveKey(secret, index));
  return { current: (keys[0] as DerivedKey).id, keys: new Map(keys.map(({ id, key }) => [id, key])) };
}

interface DerivedKey {
  id: string;
  key: Buffer;
}

function deriveKey(secret: string, index: number): DerivedKey {
  if (secret.length < MIN_SECRET_LENGTH) {
    throw new Error(
      `Encryption key ${index + 1} has ${secret.length} characters; it needs at least ${MIN_SECRET_LENGTH}.`,
    );
  }
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync('sha256', secret, 'syncline-credentials', purpose, bytes));
  return { id: derive('id', 4).toString('hex'), key: derive('key', 32) };
}

/** Encrypts a JSON value for one row: sealed, it opens for that row's id only. */
export function seal(keyring: Keyring, rowId: string, value: unknown): SealedCredentials {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, keyOf(keyring, keyring.current, rowId), iv, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(rowId));
  const data = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return {
    keyId: keyring.current,
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

/** @throws HubError CREDENTIALS_UNREADABLE when the key is missing, or the value was altered or belongs to another row */
export function unseal(keyring: Keyring, rowId: string, sealed: SealedCredentials): unknown {
  const key = keyOf(keyring, sealed.keyId, rowId);
  try {
    const iv = Buffer.from(sealed.iv, 'base64');
    const decipher = createDecipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(rowId));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    const text = Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw unreadable(rowId, 'they were altered or copied from another row; save them anew', error);
  }
}

function keyOf(keyring: Keyring, keyId: string, rowId: string): Buffer {
  const key = keyring.keys.get(keyId);
  if (key) return key;
  throw unreadable(rowId, `no configured encryption key has the id ${keyId}; configure the key that sealed them`);
}

function unreadable(rowId: string, reason: string, cause?: unknown): HubError {
  return new HubError('CREDENTIALS_UNREADABLE', `The credentials of ${rowId} cannot be read: ${reason}.`, { cause });
}
