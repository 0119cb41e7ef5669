import { z } from 'zod';
import { HubError } from '../errors.js';
import { noFieldMappings } from './field-mappings.js';
import { baseUrlSetting, policyOf, policySettings } from './policy.js';
import { decimalText, exactNumber, parseExactJson } from './text/exact-json.js';
import { classify, deliverSafely, readAnswer, UpstreamError } from './upstream/classify.js';
import { toPage } from './upstream/to-page.js';
import { readWebhookBody } from './webhook-body.js';

/**
 * Of the interface between the hub and connectors outside. It goes up when one that was right would not be any more; what is only
 * added, or may be left out, does not count.
 */
export const CONNECTOR_API = 1;

/** What a connector outside this repository is made with, so that it needs no package of the hub's. */
export const connectorKit = {
  connectorApi: CONNECTOR_API,
  z,
  HubError,
  UpstreamError,
  classify,
  readAnswer,
  deliverSafely,
  parseExactJson,
  exactNumber,
  decimalText,
  noFieldMappings,
  baseUrlSetting,
  policySettings,
  policyOf,
  readWebhookBody,
  toPage,
};
