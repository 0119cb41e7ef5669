import type { z } from 'zod';
import type { IntegrationRight } from '../model/access-rule.js';
import type { Snapshot } from '../model/snapshots.js';
import type { EntityStatus, EntityType, IntegrationMode, OrderStatus } from '../model/statuses.js';
import type { DeliveryResult } from './delivery-result.js';
import type { FieldMappings } from './field-mappings.js';
import type { FileExchange } from './files.js';
import type { InboundEvent } from './inbound-event.js';
import type { ListedPage, ListRequest, UpstreamRecord, WholeRecord } from './listing.js';
import type { PulledPage, PulledProduct, PulledStock, PullRequest } from './pull.js';
import type { UpstreamHttp } from './upstream/http.js';
import type { TokenStore } from './upstream/tokens.js';

export type { DeliveryResult } from './delivery-result.js';
export type { InboundEvent, StockRow } from './inbound-event.js';
export type { ListedPage, ListRequest, UpstreamRecord, WholeRecord } from './listing.js';

/** What the dispatcher allows itself towards one integration. An integration's settings may override each value. */
export interface DeliveryPolicy {
  /** Calls at once over all processes, of which each may make one. */
  concurrency: number;
  /** Calls per second over all processes; null: no limit. */
  ratePerSecond: number | null;
  /** The first try included. */
  maxAttempts: number;
  /** Delay before the second try; each further one is `backoffFactor` times longer. Jitter is added, never subtracted. */
  backoffBaseMs: number;
  backoffFactor: number;
  /** Bound of one call, body included. */
  timeoutMs: number;
  /** Consecutive failures that open the circuit, and how long it stays open before one probe is let through. */
  circuitFailures: number;
  circuitOpenMs: number;
}

/** One intended effect, as the dispatcher hands it to a connector. */
export interface Effect {
  syncEventId: string;
  /** The same on every attempt; sent upstream. */
  idempotencyKey: string;
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'STATUS_CHANGE' | 'QUERY';
  entityType: EntityType;
  entityId: string;
  /** The entity as it was when the effect was accepted; null for QUERY. */
  snapshot: Snapshot | null;
  /** The id that the upstream gave, if it is known by now. */
  externalId: string | null;
  /** The upstream's ids of what the connector `needs` for it, by the hub's id. */
  related?: Readonly<Record<string, string>>;
  /** 1 for the first try. From 2 on, an earlier call may have had its effect although its answer was lost. */
  attempt: number;
  /** The W3C trace that caused it; the upstream client sends it on. */
  traceparent?: string | null;
}

/** Headers with lower-case names, as received. */
export type WebhookHeaders = Record<string, string | undefined>;

/** The inbound half of a connector. */
export interface WebhookReceiver<Credentials, Settings> {
  /**
   * Checks the signature over the bytes as received, in constant time, before anything is parsed.
   * @throws HubError SIGNATURE_INVALID or TIMESTAMP_STALE
   */
  verify(request: { headers: WebhookHeaders; rawBody: Buffer; now: Date }, credentials: Credentials): void;
  /** @throws HubError INVALID_JSON or INVALID_SHAPE with the field's path; UNMAPPED_STATUS is not thrown but left to the inbox. */
  parse(request: { headers: WebhookHeaders; rawBody: Buffer; receivedAt?: Date }, settings: Settings): InboundEvent;
}

/** A connector with one integration's credentials and settings. */
export interface Connection {
  /** One effect, one or more calls. Never throws for what an upstream can do: that is a `retry` or a `rejected`. */
  deliver(effect: Effect): Promise<DeliveryResult>;
  /** @throws HubError when the upstream is not healthy */
  checkHealth(): Promise<void>;
  /** Reads one entity's present state upstream; null when the upstream does not have it. */
  readStatus?(entityType: EntityType, externalId: string): Promise<InboundEvent | null>;
  /**
   * The same for many, by as few calls as the upstream allows; what it did not answer is missing in it and is asked for one by one.
   */
  readStatuses?(entityType: EntityType, externalIds: readonly string[]): Promise<Map<string, InboundEvent>>;
  /** Reads one product with its stock, as an event of the type PRODUCT; null when the upstream does not have it. */
  readGoods?(sku: string): Promise<InboundEvent | null>;
  /**
   * Everything of one kind that the upstream has or has changed since an instant, page by page, for reconciliation.
   * Iterating throws HubError as `checkHealth` does; memory stays bounded by a page.
   */
  list?(entityType: EntityType, request: ListRequest): AsyncIterable<ListedPage>;
  /**
   * What `list` would tell of an entity that its system has just as the hub would send it: through the connector's own
   * mapping, which may cut or replace, and the published rules. A field that is missing in it is not compared; left out:
   * the entity's own fields are. `related`: the system's ids of customers, by the hub's.
   */
  expect?(
    entityType: EntityType,
    snapshot: Snapshot,
    related?: Readonly<Record<string, string>>,
  ): Promise<UpstreamRecord['fields']>;
  /** One of them as it is now; null: the upstream does not have it. There wherever `list` is. */
  readRecord?(entityType: EntityType, externalId: string): Promise<WholeRecord | null>;
  /** What it can read whole, by kind of entity. Iterating throws HubError as `checkHealth` does; memory stays bounded by a page. */
  pull?: PullSources;
  /** Files that it hands over, in a folder or posted. */
  files?: FileExchange;
}

/** Another entity of the hub that the upstream must know first. */
export interface Need {
  entityType: Exclude<EntityType, 'PRODUCT' | 'INVENTORY' | 'INTEGRATION'>;
  entityId: string;
}

/** Each reads everything that its kind has, or what has changed since, page by page. */
export interface PullSources {
  PRODUCT?(request: PullRequest): AsyncIterable<PulledPage<PulledProduct>>;
  INVENTORY?(request: PullRequest): AsyncIterable<PulledPage<PulledStock>>;
  /** Orders that were placed there, or their present status: what a webhook would have told. */
  ORDER?(request: PullRequest): AsyncIterable<PulledPage<InboundEvent>>;
}

/** An entity that might be sent to an integration. */
export interface Sending {
  entityType: EntityType;
  operation: Effect['operation'];
  snapshot: Snapshot;
  /** Whether something of it was sent there before, or came from there. */
  linked: boolean;
}

/** How the demo sets up an integration with this connector's simulator. */
export interface DemoIntegration {
  /** Where the simulator sends its webhooks, below the hub's address; null: it sends none. */
  webhookPath: string | null;
  credentials(keys: { apiKey: string; apiSecret: string }): Record<string, unknown>;
  /** `dataDir`: a folder for files of its own. */
  settings(place: { url: string; dataDir: string; merchantId: string }): Record<string, unknown>;
}

/** What the hub does for an integration by the clock, where its connector has a timetable. */
export type Task = 'SYNC_TRANSACTIONS' | 'SYNC_SUBSCRIPTIONS' | 'RECONCILE' | 'CHECK_HEALTH';

/** When: cron in UTC, or `every … ms`; null: only when somebody asks. */
export type Timetable = Readonly<Record<Task, string | null>>;

/** How what has failed for good is put back by the job that retries failures. */
export interface Redrives {
  most: number;
  /** Not before so many milliseconds after the failure; each further time twice as long. */
  baseMs: number;
}

/** How long the orders of a system that takes invoiced ones are held. */
export interface Hold {
  /** Cron in UTC, by which a job releases them; null: only a person does. */
  schedule: string | null;
  /** At most so many in one run. */
  atOnce: number;
}

/** What one integration gives its connector. */
export interface ConnectionConfig<Credentials, Settings> {
  credentials: Credentials;
  settings: Settings;
  /** Left out: there are none (`noFieldMappings`). */
  mappings?: FieldMappings;
  /** Of systems that are signed in to. Left out: the connection keeps a token of its own. */
  tokens?: TokenStore;
  /** The merchant's folder, below which alone files may be touched; left out: none may. */
  filesRoot?: string;
}

/** Code for one kind of system. A connector is a folder below `src/connectors/` whose `index.ts` exports one of these. */
export interface Connector<Credentials = unknown, Settings = unknown> {
  /** kebab-case, also the folder's name. */
  name: string;
  title: string;
  /** Entities that the hub sends to it. */
  sends: readonly EntityType[];
  /** Kinds that it maps on their way out beside those that it is sent, e.g. an order's customer; left out: none. */
  sendsWithin?: readonly EntityType[];
  /** What its connections can `list`, of the kinds that it is sent; left out: nothing, so that it cannot be compared. */
  lists?: readonly EntityType[];
  /**
   * In which statuses an entity that was never sent there should be there nonetheless, for reconciliation. Null: in any;
   * empty: the kind is not compared. Left out: null.
   */
  owed?(entityType: EntityType, settings: Settings): readonly EntityStatus[] | null;
  /** Whether this is for it, e.g. orders only once they are paid; left out: everything of the kinds that it is sent. */
  accepts?(sending: Sending, settings: Settings): boolean;
  /** Whether the contents of what it has can still be changed there, as the entity is now; left out: always. */
  takesChanges?(sending: Pick<Sending, 'entityType' | 'snapshot'>): boolean;
  /**
   * What must have an id upstream before this can be sent: until it has one, the effect waits without using up its
   * attempts, and what was never sent there is sent. Its ids come as `effect.related`.
   */
  needs?(sending: Pick<Sending, 'entityType' | 'snapshot'>, settings: Settings): Need[];
  /** The status of a paid order that it has taken, e.g. EXPORTED; left out: being taken changes nothing. */
  takenStatus?: OrderStatus;
  /** How an integration with it can be kept in step. Default: all. */
  modes?: readonly IntegrationMode[];
  /**
   * Orders go to it when their first invoice is made, or when a person asks, and not when they are made or change.
   * Answers null: at once.
   */
  holdInvoicedOrders?(settings: Settings): Hold | null;
  /** Each call to it and each webhook of it is written to the audit log as well, with what was asked and answered. */
  auditsExchanges?: true;
  /** A dead letter stays one until a person sends it again: the job that retries failures leaves it alone. */
  failsForGood?: true;
  /** How often a dead letter whose error may go away is put back by itself, and how soon. Default: 10 times, at once. */
  redrives?(settings: Settings): Redrives;
  /** When its integrations' tasks are done; left out: when the hub's jobs do them for all. */
  timetable?(settings: Settings): Timetable;
  /** Names in the claim `permissions` of a token. One that names any of them grants these rights, whatever the role; else the role decides. */
  permissions?: Record<IntegrationRight, string>;
  /** False: the dispatcher settles each event before the next of its lane starts, and `deliver` reads back before it repeats a write. */
  honoursIdempotencyKeys: boolean;
  /** Published as JSON Schema, so that a form can be drawn: `.meta({ title, description })` on a field is its label and its help. */
  credentials: z.ZodType<Credentials>;
  settings: z.ZodType<Settings>;
  policy(settings: Settings): DeliveryPolicy;
  connect(config: ConnectionConfig<Credentials, Settings>, http: UpstreamHttp): Connection;
  webhooks?: WebhookReceiver<Credentials, Settings>;
  /** The types of events that may have a `record`; left out: none. */
  records?: readonly string[];
  demo?: DemoIntegration;
}
