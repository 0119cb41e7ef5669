import { expect, it } from '@jest/globals';
import { createKeyring, seal, unseal } from '../../src/access/seal.js';

const FIRST = 'first-encryption-key-of-32-chars';
const SECOND = 'second-encryption-key-of-32-char';
const credentials = { apiKey: 'k-1', secret: 'ş🔑 ‏سر', nested: { list: [1, null, '9007199254740993'] } };
const keyring = createKeyring([FIRST]);
const unreadable = expect.objectContaining({ code: 'CREDENTIALS_UNREADABLE' });

const thrownBy = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

it('G15 opens what it sealed for the same row, and never seals twice alike', () => {
  const sealed = seal(keyring, 'b2b-portal', credentials);

  expect(unseal(keyring, 'b2b-portal', sealed)).toEqual(credentials);
  expect(seal(keyring, 'b2b-portal', credentials).data).not.toBe(sealed.data);
  expect(JSON.stringify(sealed)).not.toContain('k-1');
});

it('G15 does not open a value that was moved to another row', () => {
  const sealed = seal(keyring, 'b2b-portal', credentials);

  const error = thrownBy(() => unseal(keyring, 'b2b-portal-2', sealed));

  expect(error).toEqual(unreadable);
});

it.each(['data', 'iv', 'tag'] as const)('G15 does not open a value whose %s was altered', (part) => {
  const sealed = seal(keyring, 'b2b-portal', credentials);
  const bytes = Buffer.from(sealed[part], 'base64');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1);

  const error = thrownBy(() => unseal(keyring, 'b2b-portal', { ...sealed, [part]: bytes.toString('base64') }));

  expect(error).toEqual(unreadable);
});

it.each([0, 4, 8, 12, 15])('G15 refuses the first %i bytes of a right tag', (length) => {
  const sealed = seal(keyring, 'b2b-portal', credentials);
  const tag = Buffer.from(sealed.tag, 'base64').subarray(0, length).toString('base64');

  const error = thrownBy(() => unseal(keyring, 'b2b-portal', { ...sealed, tag }));

  expect(error).toEqual(unreadable);
});

it('G15 opens the values of a former key while it is configured, and seals with the present one', () => {
  const old = seal(keyring, 'b2b-portal', credentials);
  const rotated = createKeyring([SECOND, FIRST]);

  expect(unseal(rotated, 'b2b-portal', old)).toEqual(credentials);
  expect(seal(rotated, 'b2b-portal', credentials).keyId).not.toBe(old.keyId);
});

it('G15 names the missing key, and no secret', () => {
  const sealed = seal(keyring, 'b2b-portal', credentials);

  const error = thrownBy(() => unseal(createKeyring([SECOND]), 'b2b-portal', sealed)) as Error;

  expect(error).toEqual(unreadable);
  expect(error.message).toContain(sealed.keyId);
  expect(error.message).not.toContain('encryption-key-of');
});

it('G15 refuses a short secret without repeating it', () => {
  const error = thrownBy(() => createKeyring([FIRST, 'short-secret'])) as Error;

  expect(error.message).toBe('Encryption key 2 has 12 characters; it needs at least 32.');
});
