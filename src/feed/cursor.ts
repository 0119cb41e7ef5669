import { crc32 } from 'node:zlib';
import { HubError } from '../errors.js';

/** What a cursor stands for: the last change that a client has. */
export interface CursorValue {
  /** Which history of the feed the position belongs to; a restored database begins a new one. */
  epoch: number;
  position: number;
}

const VERSION = 1;
const LENGTH = 15;

/** `epoch` below 2^32, `position` below 2^48. */
export function encodeCursor({ epoch, position }: CursorValue): string {
  const bytes = Buffer.alloc(LENGTH);
  bytes.writeUInt8(VERSION, 0);
  bytes.writeUInt32BE(epoch, 1);
  bytes.writeUIntBE(position, 5, 6);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 11)), 11);
  return bytes.toString('base64url');
}

/** @throws HubError CURSOR_INVALID for anything that {@link encodeCursor} did not make */
export function decodeCursor(cursor: string): CursorValue {
  const bytes = Buffer.from(cursor, 'base64url');
  if (bytes.length !== LENGTH || bytes.toString('base64url') !== cursor || bytes.readUInt8(0) !== VERSION)
    throw invalid();
  if (bytes.readUInt32BE(11) !== crc32(bytes.subarray(0, 11))) throw invalid();
  return { epoch: bytes.readUInt32BE(1), position: bytes.readUIntBE(5, 6) };
}

/** What a client gets for a cursor that the hub did not give out. */
export function invalid(): HubError {
  return new HubError(
    'CURSOR_INVALID',
    'This is not a cursor of the feed. Pass the `cursor` of a change as it was received, or leave `after` out to start from now.',
    { path: ['after'] },
  );
}

/** What a client gets when changes after its cursor are no longer kept. */
export function expired(): HubError {
  return new HubError(
    'CURSOR_EXPIRED',
    'Changes after this cursor are no longer kept. Reload the data you show, then subscribe anew without `after`.',
    { path: ['after'] },
  );
}
