import type { Readable } from 'node:stream';
import type { HubError } from '../errors.js';
import type { InboundEvent } from './inbound-event.js';
import type { PulledPage, PulledProduct, PulledStock, RowProblem } from './pull.js';

/** What a file holds: products or prices, stock, orders. */
export const FILE_KINDS = ['PRODUCT', 'INVENTORY', 'ORDER'] as const;
export type FileKind = (typeof FILE_KINDS)[number];

/** A file that is complete and waits to be taken. */
export interface WaitingFile {
  /** Without its folder. */
  name: string;
  modifiedAt: Date;
}

/** A file that the hub has a row of. */
export interface KnownFile {
  id: string;
  name: string;
  /** Of what was surveyed; another content is refused when it is read. Left out: it has not been surveyed yet. */
  contentHash?: string;
}

/** What one look at all of a file's bytes tells. */
export interface FileSurvey {
  /** Hex SHA-256. */
  contentHash: string;
  sizeBytes: number;
  /** Null: neither its name nor its columns tell. */
  kind: FileKind | null;
  /** Why its columns could not be read; left out: they could. */
  unreadable?: HubError;
}

/** What stands in a file beside that which its kind is read by. */
export interface FileHeader {
  /** A file of products has a column of stock as well. */
  hasStock: boolean;
  /** Columns that nothing is made of; empty where rules are published, which may read any. */
  unused: readonly string[];
  /** Which of those look like a known one, in words. Left out: none. */
  hints?: readonly string[];
}

/** What is written beside a file that was taken. */
export interface FileReport {
  outcome: 'done' | 'failed';
  /** One line. */
  summary: string;
  problems: readonly RowProblem[];
}

/**
 * A system that hands over files instead of answering calls. Which file was taken, by its content, is known to the hub's
 * database; here is only what concerns the files themselves. Every step may be repeated after a crash.
 */
export interface FileExchange {
  /** Files that have been left alone long enough, oldest first. @throws HubError INVALID_STATE when the folder cannot be used */
  list(): Promise<WaitingFile[]>;
  /** @throws HubError BAD_USER_INPUT when it is gone, no plain file, or was written to meanwhile */
  survey(waiting: WaitingFile): Promise<FileSurvey>;
  /**
   * Stores what is sent under a name that no scan sees. @throws HubError PAYLOAD_TOO_LARGE, BAD_USER_INPUT (the name);
   * nothing is left behind then
   */
  receive(file: KnownFile, content: Readable, mostBytes: number): Promise<FileSurvey>;
  /** Puts a file, also one that failed before, where it is worked on. Done before: nothing happens. False: it is gone. */
  claim(file: KnownFile): Promise<boolean>;
  /**
   * The rows of a claimed file. Iterating throws HubError INVALID_SHAPE when the file as a whole cannot be read, or is not
   * what was surveyed any more.
   */
  readProducts(file: KnownFile, signal: AbortSignal): AsyncIterable<PulledPage<PulledProduct>>;
  readStock(file: KnownFile, signal: AbortSignal): AsyncIterable<PulledPage<PulledStock>>;
  /** What a claimed file's header tells. @throws HubError INVALID_SHAPE as when it is read */
  readHeader(file: KnownFile, kind: FileKind): Promise<FileHeader>;
  /** That stock. What is wrong with a product is told by `readProducts`; its stock is passed over here. */
  readStockBeside(file: KnownFile, signal: AbortSignal): AsyncIterable<PulledPage<PulledStock>>;
  readOrders(file: KnownFile, signal: AbortSignal): AsyncIterable<PulledPage<InboundEvent>>;
  /** Whether it was claimed and is not finished. */
  isClaimed(file: KnownFile): Promise<boolean>;
  /** Forgets what was received, because the same content is there already. */
  discard(file: KnownFile): Promise<void>;
  /** Moves a claimed file to where its outcome says, with its report. Done before: nothing happens. */
  finish(file: KnownFile, report: FileReport): Promise<void>;
  /** Takes a file that brings nothing new out of the way. */
  putAside(waiting: WaitingFile): Promise<void>;
}
