import type { Effect } from '../connectors/connector.js';
import { type Tracer, withTrace } from '../model/trace.js';
import type { Attempt, Delivery } from '../outbox/lane.js';
import type { Reports } from './reports.js';

/** One try of a sync event as a span of the trace that caused it. */
export function traceAttempt(
  tracer: Tracer | null,
  integrationId: string,
  effect: Effect,
  deliver: () => Promise<Delivery>,
): Promise<Delivery> {
  const parent = effect.traceparent ?? null;
  if (tracer === null && parent === null) return deliver();
  const { syncEventId, entityType, entityId, operation, attempt } = effect;
  const attributes = {
    'syncline.integration': integrationId,
    'syncline.sync_event': syncEventId,
    'syncline.entity_type': entityType,
    'syncline.entity': entityId,
    'syncline.attempt': attempt,
  };
  const span = {
    name: `sync ${operation.toLowerCase()} ${entityType.toLowerCase()}`,
    kind: 'consumer',
    attributes,
  } as const;
  return withTrace(tracer, span, parent, async (set) => {
    const delivery = await deliver();
    set('syncline.outcome', delivery.result.kind);
    if (delivery.result.kind !== 'delivered') set('error.type', delivery.result.code);
    return delivery;
  });
}

/** Reports an attempt that failed: the last one as a dead letter. */
export function reportFailure(reports: Reports | null, { event, result }: Attempt, integrationId: string): void {
  if (reports === null || result.kind === 'delivered') return;
  const left = event.maxAttempts - (event.attempt - event.forgiven);
  const { id: syncEventId, merchantId, entityType, entityId, operation, attempt, maxAttempts } = event;
  const context = {
    ...{ job: 'deliver', jobId: syncEventId },
    ...{ integrationId, syncEventId, merchantId, entityType, entityId, operation, attempt, maxAttempts },
    ...(entityType === 'ORDER' && { orderId: entityId }),
    code: result.code,
    httpStatus: result.httpStatus,
  };
  const message = `${result.code}: ${integrationId} did not take the ${entityType.toLowerCase()}`;
  if (result.kind === 'retry' && left > 0) reports.retried(message, context, result.cause);
  else reports.deadLetter(message, context, result.cause);
}
