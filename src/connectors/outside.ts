/**
 * All that a connector in a package of its own is typed by, as `import type { … } from 'syncline/connector'`. Nothing here is
 * there at run time: what it is made with is given to its `createConnector`.
 */
import type { connectorKit } from './connector-kit.js';

/** What `createConnector` is given. */
export type ConnectorKit = typeof connectorKit;
export type * from '../model/snapshots.js';
export type {
  Connection,
  ConnectionConfig,
  Connector,
  DeliveryPolicy,
  DeliveryResult,
  Effect,
  InboundEvent,
  ListedPage,
  ListRequest,
  PullSources,
  StockRow,
  UpstreamRecord,
  WebhookHeaders,
  WebhookReceiver,
  WholeRecord,
} from './connector.js';
export type { FieldMappings } from './field-mappings.js';
export type { InboundOrder, PulledPage, PulledProduct, PulledStock, PullRequest, RowProblem } from './pull.js';
export type { BuildSystem, SimulatedSystem, SimulatorKit } from './simulator/kit.js';
export type { UpstreamHttp, UpstreamRequest, UpstreamResponse } from './upstream/http.js';
